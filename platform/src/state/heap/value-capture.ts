/**
 * What one table held at the moment of a snapshot, taken while the table goes on changing: an entry is taken when the
 * capture comes to it, or before that by whoever is about to hand it out or to change it (copy on first touch).
 *
 * Invariants
 * - Each entry of that moment is taken once, with the value of that moment; entries made later are never taken.
 * - `take` visits in the Map's order of insertion, which stays valid while the Map changes.
 */
import type { Key } from '../../record/key.js';

export class ValueCapture<T> {
  readonly #taken = new Set<Key>();
  readonly #visit: Iterator<[Key, T]>;
  #left: number;

  constructor(
    values: ReadonlyMap<Key, T>,
    private readonly write: (key: Key, value: T) => void,
  ) {
    this.#visit = values.entries();
    this.#left = values.size;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  /** @param value what the key holds before the change; undefined for nothing */
  touch(key: Key, value: T | undefined): void {
    if (this.#left === 0 || this.#taken.has(key)) return;
    this.#taken.add(key);
    if (value === undefined) return;
    this.#left--;
    this.write(key, value);
  }

  /** Takes up to `limit` entries. */
  take(limit: number): void {
    for (let left = limit; left > 0 && this.#left > 0; left--) {
      const next = this.#visit.next();
      if (next.done === true) return;
      this.touch(next.value[0], next.value[1]);
    }
  }
}
