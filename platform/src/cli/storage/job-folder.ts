/**
 * A job's own folder (`settings.stateDir`). A run holds it until it is released; on a cluster it is shared:
 *
 *     lock                       which process runs the job
 *     told                       whose end of the job has been told: see job-result.ts
 *     checkpoints/               the checkpoint storage, where it is not elsewhere: see checkpoint/storage-layout.ts
 *     databases/                 of the tasks that run: of no use to any other run
 *     invocations/               what functions were asked and have answered, behind the latest checkpoint: see former-logs.ts
 *     spill-*                    what does not fit into memory
 *     INGRESS, EGRESS            what connectors keep
 */
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from '../../common/storage.js';
import type { JobStart } from '../../coordinator/job-options.js';
import type { CheckpointFiles } from '../../taskmanager/environment.js';
import { openCheckpointStorage, type CheckpointPlace } from './checkpoint-storage.js';
import { diskError } from './disk-error.js';
import { JobLock } from './job-lock.js';

/** In a job's folder. */
export const INVOCATIONS = 'invocations';

/** What was answered behind a state that the job does not go on from has not happened. @param start where it begins, or goes on */
export async function dropForeignInvocations(stateDir: string, { from }: JobStart): Promise<void> {
  if (from === 'beginning' || from === 'savepoint')
    await rm(join(stateDir, INVOCATIONS), { recursive: true, force: true });
}

export class JobFolder {
  /** This process, among all that ever ran the job. */
  readonly leader = randomUUID();
  readonly storage: Storage;
  readonly stateFiles: CheckpointFiles;
  readonly #sweep: () => Promise<void>;

  private constructor(
    place: CheckpointPlace,
    failpoint: (name: string) => void,
    private readonly lock: JobLock | undefined,
  ) {
    const { storage, stateFiles, sweep } = openCheckpointStorage(place, this.leader, failpoint);
    this.storage = storage;
    this.stateFiles = stateFiles;
    this.#sweep = sweep;
  }

  /** The process that ran the job before this one, if it could not say that it ended. */
  get former(): number | undefined {
    return this.lock?.former;
  }

  /**
   * Takes hold of the folder, and clears away what a run that was killed left of its own.
   * @throws TidegateError TG409, TG423, TG424
   */
  static async open(place: CheckpointPlace, failpoint: (name: string) => void = () => undefined): Promise<JobFolder> {
    const { stateDir } = place;
    let folder: JobFolder | undefined;
    try {
      folder = new JobFolder(place, failpoint, new JobLock(stateDir));
      await folder.#sweep();
      for (const name of await readdir(stateDir)) {
        if (name === 'databases' || name.startsWith('spill-'))
          await rm(join(stateDir, name), { recursive: true, force: true });
      }
      return folder;
    } catch (error) {
      folder?.release();
      throw diskError(`open the job's state in ${stateDir}`, error);
    }
  }

  /**
   * Of several coordinators each may take itself for the one that leads: the job's log tells them apart, and none clears away
   * what another may still write.
   */
  static share(place: CheckpointPlace): JobFolder {
    return new JobFolder(place, () => undefined, undefined);
  }

  release(): void {
    this.lock?.release();
  }
}
