/** One value for each key in a Map. */
import type { Key } from '../../record/key.js';
import type { ValueTable } from '../state-tables.js';

export class HeapValueTable<T> implements ValueTable<T> {
  readonly #values = new Map<Key, T>();
  #sweep: Iterator<[Key, T]> | undefined;

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

  prefetch(): void {}

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  sweep(limit: number, isExpired: (value: T) => boolean): void {
    const sweep = (this.#sweep ??= this.#values.entries());
    for (let left = limit; left > 0; left--) {
      const next = sweep.next();
      if (next.done === true) {
        this.#sweep = undefined;
        return;
      }
      const [key, value] = next.value;
      if (isExpired(value)) this.delete(key);
    }
  }
}
