/**
 * What a backend provides: two forms of tables. All kinds of keyed state are made of them (see `kinds/`), so that lists,
 * accumulators, timers and times to live are written once for all backends.
 */
import type { StateDescription } from '../job/state-handle.js';
import type { Key } from '../record/key.js';
import type { MapState, ValueState } from './keyed-store.js';
import type { StateCodec } from './state-codec.js';

/** Goes through a table a few entries at a time and takes out what is expired. */
export interface Sweepable<T> {
  /**
   * Looks at up to `entries`, from where the last call ended, and deletes those that `isExpired` names. A backend may look
   * at more where more have come.
   */
  sweep(entries: number, isExpired: (value: T) => boolean): void;
}

export interface ValueTable<T> extends ValueState<T>, Sweepable<T> {}

export interface MapTable<V> extends MapState<V>, Sweepable<V> {
  /** All entries of all keys, in no promised order. May read the disk. */
  all(): Iterable<readonly [key: Key, mapKey: Key, value: V]>;
}

/** A table's state as snapshots describe it. */
export type TableAddress = Pick<StateDescription, 'owner' | 'name' | 'kind'>;

/**
 * Opens each table at most once. A restored state is read with the codec's `migrate`.
 * @throws TidegateError TG420 when the snapshot's values cannot be read with this codec
 */
export interface StateTables {
  value<T>(address: TableAddress, codec: StateCodec<T>): ValueTable<T>;
  map<V>(address: TableAddress, codec: StateCodec<V>): MapTable<V>;
}

/** What snapshots say of a state. */
export function describe(
  { owner, name, kind }: TableAddress,
  { id, schema }: Pick<StateCodec<unknown>, 'id' | 'schema'>,
): StateDescription {
  return { owner, name, kind, codec: id, schema };
}
