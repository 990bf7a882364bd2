/**
 * A job's own folder (`settings.stateDir`), held by this process until it is released:
 *
 *     lock                       which process runs the job
 *     checkpoints/               the checkpoint storage: see checkpoint/storage-layout.ts
 *     INGRESS, EGRESS            what connectors keep
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CheckpointFolder } from './checkpoint-folder.js';
import { FileStorage } from './file-storage.js';
import { JobLock } from './job-lock.js';

export class JobFolder {
  /** This process, among all that ever ran the job. */
  readonly leader = randomUUID();
  readonly storage: FileStorage;
  readonly stateFiles: CheckpointFolder;
  readonly #lock: JobLock;

  /** @throws TidegateError TG409 while another process has it */
  constructor(stateDir: string) {
    this.#lock = new JobLock(stateDir);
    const root = join(stateDir, 'checkpoints');
    this.storage = new FileStorage(root, this.leader);
    this.stateFiles = new CheckpointFolder(root);
  }

  release(): void {
    this.#lock.release();
  }
}
