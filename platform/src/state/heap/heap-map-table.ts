/** A Map of entries for each key. A key without entries has no Map. */
import type { StateDescription } from '../../job/state-handle.js';
import { keyBytes, type Key } from '../../record/key.js';
import { firstBehind } from '../entry-address.js';
import type { StateCodec } from '../state-codec.js';
import type { MapTable } from '../state-tables.js';
import { stillOpen, type Capturable } from './captures.js';
import type { GatheredEntries } from './gathered-entries.js';
import { MapCapture } from './map-capture.js';
import { sampledBytes } from './sampled-bytes.js';

export class HeapMapTable<V> implements MapTable<V>, Capturable {
  readonly #maps = new Map<Key, Map<Key, V>>();
  #size = 0;
  #captures: readonly MapCapture<V>[] | undefined;
  #sweep: Iterator<readonly [Key, Key, V]> | undefined;

  constructor(
    readonly description: StateDescription,
    private readonly codec: StateCodec<V>,
  ) {}

  get(key: Key, mapKey: Key): V | undefined {
    const value = this.#maps.get(key)?.get(mapKey);
    if (this.#captures !== undefined) this.#touch(key, mapKey, value);
    return value;
  }

  put(key: Key, mapKey: Key, value: V): void {
    let map = this.#maps.get(key);
    if (map === undefined) this.#maps.set(key, (map = new Map()));
    if (this.#captures !== undefined) this.#touch(key, mapKey, map.get(mapKey));
    const before = map.size;
    map.set(mapKey, value);
    this.#size += map.size - before;
  }

  delete(key: Key, mapKey: Key): void {
    const map = this.#maps.get(key);
    if (map === undefined) return;
    if (this.#captures !== undefined) this.#touch(key, mapKey, map.get(mapKey));
    if (map.delete(mapKey)) this.#size--;
    if (map.size === 0) this.#maps.delete(key);
  }

  #touch(key: Key, mapKey: Key, value: V | undefined): void {
    for (const capture of this.#captures!) capture.touch(key, mapKey, value);
  }

  entries(key: Key): Iterable<readonly [mapKey: Key, value: V]> {
    const map = this.#maps.get(key);
    if (map === undefined) return [];
    if (this.#captures !== undefined) for (const [mapKey, value] of map) this.#touch(key, mapKey, value);
    return [...map]
      .map(([mapKey, value]) => ({ mapKey, value, bytes: keyBytes(mapKey) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ mapKey, value }) => [mapKey, value] as const);
  }

  behind(key: Key, after: Key | undefined, limit: number): readonly (readonly [mapKey: Key, value: V])[] {
    return firstBehind([...(this.#maps.get(key)?.keys() ?? [])], after, limit).map(
      (mapKey) => [mapKey, this.get(key, mapKey)!] as const,
    );
  }

  clear(key: Key): void {
    for (const mapKey of [...(this.#maps.get(key)?.keys() ?? [])]) this.delete(key, mapKey);
  }

  *all(): Generator<readonly [key: Key, mapKey: Key, value: V]> {
    for (const [key, map] of this.#maps) for (const [mapKey, value] of map) yield [key, mapKey, value];
  }

  get size(): number {
    return this.#size;
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

  capture(into: GatheredEntries, state: number): MapCapture<V> {
    const write = (key: Key, mapKey: Key, value: V): void => {
      into.add(state, key, mapKey, value, this.codec);
    };
    const capture = new MapCapture(this.all(), this.#size, write);
    this.#captures = stillOpen([...(this.#captures ?? []), capture]);
    return capture;
  }

  endCapture(capture: MapCapture<V>): void {
    this.#captures = stillOpen((this.#captures ?? []).filter((other) => other !== capture));
  }

  get memoryBytes(): number {
    return sampledBytes(
      (function* (entries) {
        for (const [, , value] of entries) yield value;
      })(this.all()),
      this.#size,
      this.codec,
    );
  }
}
