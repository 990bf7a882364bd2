/** A Map of entries for each key. A key without entries has no Map. */
import { keyBytes, type Key } from '../../record/key.js';
import type { MapTable } from '../state-tables.js';

export class HeapMapTable<V> implements MapTable<V> {
  readonly #maps = new Map<Key, Map<Key, V>>();
  #sweep: Iterator<readonly [Key, Key, V]> | undefined;

  get(key: Key, mapKey: Key): V | undefined {
    return this.#maps.get(key)?.get(mapKey);
  }

  put(key: Key, mapKey: Key, value: V): void {
    let map = this.#maps.get(key);
    if (map === undefined) this.#maps.set(key, (map = new Map()));
    map.set(mapKey, value);
  }

  delete(key: Key, mapKey: Key): void {
    const map = this.#maps.get(key);
    if (map === undefined) return;
    map.delete(mapKey);
    if (map.size === 0) this.#maps.delete(key);
  }

  entries(key: Key): Iterable<readonly [mapKey: Key, value: V]> {
    const map = this.#maps.get(key);
    if (map === undefined) return [];
    return [...map]
      .map(([mapKey, value]) => ({ mapKey, value, bytes: keyBytes(mapKey) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ mapKey, value }) => [mapKey, value] as const);
  }

  clear(key: Key): void {
    for (const mapKey of [...(this.#maps.get(key)?.keys() ?? [])]) this.delete(key, mapKey);
  }

  *all(): Generator<readonly [key: Key, mapKey: Key, value: V]> {
    for (const [key, map] of this.#maps) for (const [mapKey, value] of map) yield [key, mapKey, value];
  }

  sweep(limit: number, isExpired: (value: V) => boolean): void {
    const sweep = (this.#sweep ??= this.all());
    for (let left = limit; left > 0; left--) {
      const next = sweep.next();
      if (next.done === true) {
        this.#sweep = undefined;
        return;
      }
      const [key, mapKey, value] = next.value;
      if (isExpired(value)) this.delete(key, mapKey);
    }
  }
}
