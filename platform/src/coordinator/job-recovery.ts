/**
 * Finds where a leader goes on: from the checkpoint log, or from a savepoint that it makes the log's latest checkpoint.
 *
 * Invariants
 * - What has been taken over by another leader meanwhile is read again.
 */
import type { CheckpointStore, Recovery } from '../checkpoint/checkpoint-store.js';
import { decodeSavepoint } from '../checkpoint/savepoint.js';
import { savepointMetadataName } from '../checkpoint/storage-layout.js';
import type { StorageRequests } from '../checkpoint/storage-requests.js';
import { TidegateError } from '../common/errors.js';
import type { JobStart } from './job-options.js';

export type RecoveryOutcome = Recovery | TidegateError;

export class JobRecovery {
  constructor(
    private readonly storage: StorageRequests,
    private readonly store: CheckpointStore,
    private readonly start: JobStart,
  ) {}

  /** @param done told an error where the job cannot go on: TG421, TG422, TG430, or TG400 when a savepoint cannot be adopted */
  recover(done: (outcome: RecoveryOutcome) => void): void {
    this.store.recover((recovery) => {
      if (recovery instanceof TidegateError || this.start.from !== 'savepoint') return done(recovery);
      this.#adopt(this.start.folder, recovery, done);
    });
  }

  #adopt(folder: string, recovery: Recovery, done: (outcome: RecoveryOutcome) => void): void {
    const name = savepointMetadataName(folder);
    this.storage.read(name, (bytes) => {
      try {
        if (bytes === undefined) throw new TidegateError('TG421', `${name} is not there: ${folder} is no savepoint`);
        const savepoint = decodeSavepoint(bytes, folder);
        // Epochs that its sinks staged have its number or lower ones: this job's are to be higher.
        const checkpoint = Math.max(recovery.nextCheckpoint, savepoint.checkpoint + 1);
        this.store.adopt({ ...savepoint, checkpoint }, (outcome) => {
          if (outcome.kind === 'stored') done({ ...recovery, nextCheckpoint: checkpoint + 1 });
          else if (outcome.kind === 'fenced') this.recover(done);
          else done(new TidegateError('TG400', `the savepoint ${folder} cannot be adopted: ${outcome.message}`));
        });
      } catch (error) {
        if (!(error instanceof TidegateError)) throw error;
        done(error);
      }
    });
  }
}
