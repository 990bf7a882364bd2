/**
 * A server in a process of its own, which outlives the one that started it, unless it is to end with it. Its process id lies
 * in a file beside its data.
 *
 * Invariants
 * - Only a process that was started for that folder is ever signalled: its command line names the folder, or it works there.
 */
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from './service-error.js';
import { endWithUs } from './watchdog.js';

const POLL_MS = 50;
const START_MS = 60_000;
const STOP_MS = 20_000;
const PID_FILE = 'pid';
export const LOG_FILE = 'server.log';

export interface ServerCommand {
  readonly command: string;
  /** They name the folder. */
  readonly words: readonly string[];
  readonly port: number;
}

export class ServerProcess {
  #release: () => void = () => undefined;

  /** @param name for messages. @param endsWithUs however this process ends */
  constructor(
    readonly name: string,
    readonly folder: string,
    private readonly endsWithUs = false,
  ) {}

  /** Resolves when it takes connections. */
  async start({ command, words, port }: ServerCommand): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    if (await accepts(port)) throw new ServiceError(`${this.name}: port ${port} is already in use`);
    const log = openSync(join(this.folder, LOG_FILE), 'a');
    const child = spawn(command, words, { cwd: this.folder, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const failed = new Promise<never>((_, reject) => {
      child.on('error', ({ message }) => reject(new ServiceError(`${this.name} cannot be started: ${message}`)));
      child.on('exit', () => void this.#end().then((end) => reject(new ServiceError(`${this.name} ended:\n${end}`))));
    });
    child.unref();
    if (child.pid !== undefined) {
      if (this.endsWithUs) this.#release = endWithUs(child.pid);
      await writeFile(join(this.folder, PID_FILE), String(child.pid));
    }
    await Promise.race([failed, this.#untilAccepts(port)]);
    child.removeAllListeners();
  }

  async #untilAccepts(port: number): Promise<void> {
    for (let waited = 0; waited < START_MS; waited += POLL_MS) {
      if (await accepts(port)) return;
      await sleep(POLL_MS);
    }
    await this.stop('SIGKILL');
    throw new ServiceError(`${this.name} did not answer within ${START_MS / 1000} s:\n${await this.#end()}`);
  }

  async #end(): Promise<string> {
    const log = await readFile(join(this.folder, LOG_FILE), 'utf8').catch(() => '');
    return log.trim().split('\n').slice(-8).join('\n');
  }

  /** Its process id while it runs. */
  async pid(): Promise<number | undefined> {
    const pid = Number(await readFile(join(this.folder, PID_FILE), 'utf8').catch(() => ''));
    return pid > 0 && (await this.#isOurs(pid)) ? pid : undefined;
  }

  async #isOurs(pid: number): Promise<boolean> {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
    if (line !== undefined) return line.includes(this.folder) || (await this.#isWorkedInBy(pid));
    if (process.platform === 'linux') return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  /** Some servers, such as Redis, rewrite their command line. */
  async #isWorkedInBy(pid: number): Promise<boolean> {
    const [itsFolder, ours] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => undefined),
      realpath(this.folder).catch(() => undefined),
    ]);
    return itsFolder !== undefined && itsFolder === ours;
  }

  /** Ends it and waits until it has ended; one that does not heed SIGTERM is killed. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const pid = await this.pid();
    if (pid !== undefined) {
      process.kill(pid, signal);
      for (let waited = 0; (await this.pid()) !== undefined; waited += POLL_MS) {
        if (waited === STOP_MS) process.kill(pid, 'SIGKILL');
        await sleep(POLL_MS);
      }
    }
    this.#release();
    await rm(join(this.folder, PID_FILE), { force: true });
  }

  /** Suspends or continues it. */
  async signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) throw new ServiceError(`${this.name} does not run`);
    process.kill(pid, signal);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
