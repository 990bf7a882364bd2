/** Keyed state in memory: a Map for each state. Lost with the process; checkpoints are not its business. */
import type { Key } from '../record/key.js';
import type { KeyedStore, ValueState } from './keyed-store.js';

class HeapValueState<T> implements ValueState<T> {
  readonly #values = new Map<Key, T>();

  get(key: Key): T | undefined {
    return this.#values.get(key);
  }

  put(key: Key, value: T): void {
    this.#values.set(key, value);
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  keys(): Iterable<Key> {
    return this.#values.keys();
  }

  get size(): number {
    return this.#values.size;
  }
}

export class HeapKeyedStore implements KeyedStore {
  readonly #states = new Map<string, ValueState<unknown>>();

  value<T>(owner: string, name: string): ValueState<T> {
    const id = `${owner}\u0000${name}`;
    let state = this.#states.get(id);
    if (state === undefined) this.#states.set(id, (state = new HeapValueState<unknown>()));
    return state as ValueState<T>;
  }
}
