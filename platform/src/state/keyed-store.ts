/**
 * Keyed state as operators see it: named states of the current key. Operators are built against this interface; the
 * heap backend is here, others keep the same contract.
 *
 * Invariants
 * - A state belongs to an owner (`rules.card-testing`) and a name; its value for one key is never seen under another.
 * - A value handed to `put` belongs to the store; the caller may change it in place only between `get` and `put` of the
 *   same key, and must `put` it again for the change to be durable.
 */
import type { Key } from '../record/key.js';

/** One value for each key. */
export interface ValueState<T> {
  get(key: Key): T | undefined;
  put(key: Key, value: T): void;
  delete(key: Key): void;
  /** All keys that hold a value, in no promised order. */
  keys(): Iterable<Key>;
  readonly size: number;
}

export interface KeyedStore {
  /** The state `name` of `owner`; the same object at every call. */
  value<T>(owner: string, name: string): ValueState<T>;
}
