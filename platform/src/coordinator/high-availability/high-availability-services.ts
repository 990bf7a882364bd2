/**
 * The seam to what coordinators share that stand in for each other: who leads, and which jobs there are. After Apache Flink's
 * HighAvailabilityServices.
 *
 * Invariants
 * - What was answered to have been written is there for all of them, also when the one that wrote it is gone.
 */
import type { Storage } from '../../common/storage.js';
import type { LeaseStore } from '../election/lease-store.js';

export interface HighAvailabilityServices {
  /** By which they choose who leads. It only chooses. */
  readonly leases: LeaseStore;
  /** The registry of jobs: see `dispatcher/job-registry.ts`. Its exclusive creates tell leaders apart. */
  readonly jobs: Storage;
  close(): Promise<void>;
}
