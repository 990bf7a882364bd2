/** One decoded entry of a state in memory, of the database or not yet there. */
import type { Key } from '../../record/key.js';
import type { StateCodec } from '../state-codec.js';

/** `dirtySince` of an entry that is as the database has it: greater than any epoch, and a small integer. */
export const CLEAN = 2 ** 31 - 1;

/** The table that an entry belongs to, as the cache sees it. */
export interface CachedTable<T> {
  /** The state's number in the database's keys. */
  readonly state: number;
  readonly codec: StateCodec<T>;
  /** The cache has dropped an entry. */
  forget(entry: CacheEntry<T>): void;
}

export class CacheEntry<T> {
  /** The epoch in which it was changed first since it was written; see WriteBackCache. */
  dirtySince = CLEAN;
  /** The cache's count of accesses at the last one. */
  touched = 0;
  /** Read or written since the hand came by. */
  isReferenced = true;
  /** As the budget counts it. */
  bytes = 0;
  /** Whether the database may have a row of it, which has to be deleted when the value is. */
  isStored = true;
  /** Of its key; -1 until somebody needs it. */
  keyGroup = -1;

  constructor(
    readonly table: CachedTable<T>,
    readonly key: Key,
    readonly mapKey: Key | undefined,
    /** Undefined: known not to be there. */
    public value: T | undefined,
  ) {}
}
