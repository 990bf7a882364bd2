/** A snapshot of a store whose epoch is still being saved, and what it knows of the store. */
import type { KeyGroupRange } from '../../job/state-handle.js';
import type { RocksDatabase } from './rocks-database.js';

export interface PendingSnapshot {
  /** The database is exactly the state at the barrier: to be held now. */
  freeze(): void;
}

export interface SnapshotOrigin {
  readonly checkpoint: number;
  readonly database: RocksDatabase;
  readonly keyGroups: KeyGroupRange;
  /** The database is closed, or about to be: native functions that are called then end the process. */
  readonly isClosed: boolean;
  /** Goes on with the saving of the epoch, in slices, until the snapshot was told to freeze. */
  saved(snapshot: PendingSnapshot): Promise<void>;
}
