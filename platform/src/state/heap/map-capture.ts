/** As ValueCapture, for maps in a map: each entry of each key by itself, so that a large map is not taken at once. */
import type { Key } from '../../record/key.js';

export class MapCapture<V> {
  readonly #taken = new Map<Key, Set<Key>>();
  readonly #visit: Iterator<readonly [key: Key, mapKey: Key, value: V]>;
  #left: number;

  /** @param size entries of all maps */
  constructor(
    entries: Iterable<readonly [key: Key, mapKey: Key, value: V]>,
    size: number,
    private readonly write: (key: Key, mapKey: Key, value: V) => void,
  ) {
    this.#visit = entries[Symbol.iterator]();
    this.#left = size;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  touch(key: Key, mapKey: Key, value: V | undefined): void {
    if (this.#left === 0) return;
    let taken = this.#taken.get(key);
    if (taken === undefined) this.#taken.set(key, (taken = new Set()));
    if (taken.has(mapKey)) return;
    taken.add(mapKey);
    if (value === undefined) return;
    this.#left--;
    this.write(key, mapKey, value);
  }

  take(limit: number): void {
    for (let left = limit; left > 0 && this.#left > 0; left--) {
      const next = this.#visit.next();
      if (next.done === true) return;
      this.touch(next.value[0], next.value[1], next.value[2]);
    }
  }
}
