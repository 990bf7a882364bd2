/**
 * Whether the end of a finished job has been told to whoever runs it. After Apache Flink's JobResultStore, in which a
 * result is dirty until somebody has it.
 *
 * Invariants
 * - That the job has finished stands in the checkpoint log before anybody is told, and that it was told is noted after
 *   that. A process that is killed in between leaves an end that is told again, and never a job that runs again.
 * - Who asks holds the job's lock.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STATE_PREFIX } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { ifMissing } from './file-storage.js';
import { diskError } from './disk-error.js';
import { finishedBy, namesUnder } from './saved-state.js';

/** Holds the name of the leader whose end of the job was told last. */
const TOLD = 'told';

export class JobResult {
  readonly #path: string;

  constructor(
    stateDir: string,
    private readonly storage: Storage,
  ) {
    this.#path = join(stateDir, TOLD);
  }

  /**
   * Whether the job has finished and nobody was told. What the finished run still had to delete is deleted then.
   * @throws TidegateError TG424
   */
  async isUntold(): Promise<boolean> {
    const leader = await finishedBy(this.storage);
    if (leader === undefined || leader === (await this.#told())) return false;
    const names = await namesUnder(this.storage, STATE_PREFIX);
    const deleted = await this.storage.request({ op: 'delete', names });
    if (!deleted.ok) throw new TidegateError('TG424', deleted.message);
    return true;
  }

  /**
   * If the job has finished, it has been told. Need not be durable: it would be told once more.
   * @throws TidegateError TG423, TG424
   */
  async tell(): Promise<void> {
    const leader = await finishedBy(this.storage);
    if (leader === undefined) return;
    await this.#note(leader).catch((error: unknown) => {
      throw diskError(`note in ${this.#path} that the job has finished`, error);
    });
  }

  async #note(leader: string): Promise<void> {
    // It need not be there, where the checkpoints are elsewhere.
    await mkdir(dirname(this.#path), { recursive: true });
    await writeFile(this.#path, leader);
  }

  #told(): Promise<string | undefined> {
    return readFile(this.#path, 'utf8').catch(ifMissing(undefined));
  }
}
