/**
 * A job's state folder belongs to one process at a time: its lock is a file that names the process.
 *
 * Invariants
 * - The file is made by an exclusive link, so of two that want it one gets it.
 * - A lock whose process is gone is taken over: by the one that succeeds in renaming it away, which can happen once.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';

const LOCK = 'lock';

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
      writeFileSync(own, JSON.stringify(identityOf(pid)));
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
function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
