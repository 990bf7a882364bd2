/**
 * A job's state folder belongs to one process at a time: its lock is a file that names the process.
 *
 * Invariants
 * - The file is made by an exclusive link, so of two that want it one gets it.
 * - A lock whose process is gone is taken over: by the one that succeeds in renaming it away, which can happen once.
 * - A process number is told apart from a later process's by the time at which the process began, where Linux tells it.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TidegateError } from '../../common/errors.js';

const LOCK = 'lock';

interface Holder {
  readonly pid: number;
  /** Clock ticks since the machine began; empty where it is not known. */
  readonly began: string;
}

export class JobLock {
  readonly #path: string;
  #released = false;
  #former: number | undefined;

  /** @throws TidegateError TG409 while another process has it */
  constructor(
    stateDir: string,
    private readonly pid = process.pid,
  ) {
    this.#path = join(stateDir, LOCK);
    mkdirSync(stateDir, { recursive: true });
    const own = `${this.#path}-${pid}`;
    try {
      writeFileSync(own, JSON.stringify({ pid, began: beganAt(pid) } satisfies Holder));
      while (!this.#take(own)) this.#removeDead(stateDir);
    } finally {
      rmSync(own, { force: true });
    }
  }

  /** The process that had it before, if that ended without releasing it. */
  get former(): number | undefined {
    return this.#former;
  }

  #take(own: string): boolean {
    try {
      linkSync(own, this.#path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #removeDead(stateDir: string): void {
    const holder = readHolder(this.#path);
    if (holder !== undefined && isAlive(holder)) {
      throw new TidegateError(
        'TG409',
        `the job's state in ${stateDir} is in use by process ${holder.pid}. Stop it first, or give this job another name or settings.stateDir.`,
      );
    }
    const dead = `${this.#path}-dead-${this.pid}`;
    try {
      renameSync(this.#path, dead);
      rmSync(dead, { force: true });
      this.#former = holder?.pid;
    } catch (error) {
      // Somebody else was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    rmSync(this.#path, { force: true });
  }
}

/** Undefined when it has just gone, or was never written whole: then its process is gone too. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = beganAt(pid);
  return now === '' || began === '' || now === began;
}

/** Field 22 of `/proc/PID/stat`, counted behind the command's name, which may hold spaces. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
