/**
 * A job's own folder (`settings.stateDir`). A run holds it until it is released; on a cluster it is shared:
 *
 *     lock                       which process runs the job
 *     told                       whose end of the job has been told: see job-result.ts
 *     checkpoints/               the checkpoint storage: see checkpoint/storage-layout.ts
 *     databases/                 of the tasks that run: of no use to any other run
 *     spill-*                    what does not fit into memory
 *     INGRESS, EGRESS            what connectors keep
 */
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointFolder } from './checkpoint-folder.js';
import { diskError } from './disk-error.js';
import { FileStorage } from './file-storage.js';
import { JobLock } from './job-lock.js';

/** Of the job's checkpoint storage. */
export function storageRoot(stateDir: string): string {
  return join(stateDir, 'checkpoints');
}

export class JobFolder {
  /** This process, among all that ever ran the job. */
  readonly leader = randomUUID();
  readonly storage: FileStorage;
  readonly stateFiles: CheckpointFolder;

  private constructor(
    stateDir: string,
    failpoint: (name: string) => void,
    private readonly lock: JobLock | undefined,
  ) {
    const root = storageRoot(stateDir);
    this.storage = new FileStorage(root, this.leader);
    this.stateFiles = new CheckpointFolder(root, failpoint);
  }

  /** The process that ran the job before this one, if it could not say that it ended. */
  get former(): number | undefined {
    return this.lock?.former;
  }

  /**
   * Takes hold of the folder, and clears away what a run that was killed left of its own.
   * @throws TidegateError TG409, TG423, TG424
   */
  static async open(stateDir: string, failpoint: (name: string) => void = () => undefined): Promise<JobFolder> {
    let folder: JobFolder | undefined;
    try {
      folder = new JobFolder(stateDir, failpoint, new JobLock(stateDir));
      await folder.storage.sweep();
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
  static share(stateDir: string): JobFolder {
    return new JobFolder(stateDir, () => undefined, undefined);
  }

  release(): void {
    this.lock?.release();
  }
}
