/** Maps in the database: an entry of its own for each key of each map; a map is read by its range. */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { keyBytes, type Key } from '../../record/key.js';
import { readMapAddress } from '../entry-address.js';
import type { StateCodec } from '../state-codec.js';
import type { MapTable } from '../state-tables.js';
import { CacheEntry, type CachedTable } from './cache-entry.js';
import { after, PREFIX_BYTES } from './database-keys.js';
import { RangeSweep } from './range-sweep.js';
import type { RocksTables } from './rocks-tables.js';

export class RocksMapTable<V> implements MapTable<V>, CachedTable<V> {
  readonly #maps = new Map<Key, Map<Key, CacheEntry<V>>>();
  readonly #sweep = new RangeSweep();

  constructor(
    private readonly tables: RocksTables,
    readonly state: number,
    readonly codec: StateCodec<V>,
    /** What is not cached is not in the database either. */
    private isComplete: boolean,
  ) {}

  get(key: Key, mapKey: Key): V | undefined {
    const { cache, database, keys } = this.tables;
    const entry = this.#maps.get(key)?.get(mapKey);
    if (entry !== undefined) {
      cache.touch(entry);
      return entry.value;
    }
    if (this.isComplete) return undefined;
    const [bytes] = database.getMany([keys.of(this.state, keys.keyGroupOf(key), key, mapKey)]);
    return this.#admit(key, mapKey, bytes).value;
  }

  #admit(key: Key, mapKey: Key, bytes: Uint8Array | undefined | null): CacheEntry<V> {
    const entry = this.#add(key, mapKey, bytes ? this.codec.decode(new ByteReader(bytes)) : undefined);
    entry.isStored = Boolean(bytes);
    this.tables.cache.admit(entry);
    return entry;
  }

  #add(key: Key, mapKey: Key, value: V | undefined): CacheEntry<V> {
    let map = this.#maps.get(key);
    if (map === undefined) this.#maps.set(key, (map = new Map()));
    const entry = new CacheEntry<V>(this, key, mapKey, value);
    map.set(mapKey, entry);
    return entry;
  }

  put(key: Key, mapKey: Key, value: V): void {
    this.#write(key, mapKey, value);
  }

  delete(key: Key, mapKey: Key): void {
    if (!this.isComplete || this.#maps.get(key)?.has(mapKey) === true) this.#write(key, mapKey, undefined);
  }

  #write(key: Key, mapKey: Key, value: V | undefined): void {
    const { cache } = this.tables;
    let entry = this.#maps.get(key)?.get(mapKey);
    if (entry === undefined) {
      entry = this.#add(key, mapKey, value);
      entry.isStored = !this.isComplete;
      cache.changed(entry);
      cache.admit(entry);
      if (value !== undefined) this.#sweep.added();
    } else {
      cache.touch(entry);
      if (entry.value === undefined && value !== undefined) this.#sweep.added();
      entry.value = value;
      cache.changed(entry);
    }
  }

  entries(key: Key): Iterable<readonly [mapKey: Key, value: V]> {
    return this.#load(key)
      .map((entry) => ({ entry, bytes: keyBytes(entry.mapKey!) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ entry }) => [entry.mapKey!, entry.value!] as const);
  }

  /** All entries of a key that are there: those of the database, and what is cached instead of or beside them. */
  #load(key: Key): readonly CacheEntry<V>[] {
    const { cache, database, keys } = this.tables;
    const found = new Map(this.#maps.get(key) ?? []);
    for (const entry of found.values()) cache.touch(entry);
    if (this.isComplete) return present(found.values());
    const gte = keys.mapPrefix(this.state, key);
    const rows = database.query({ gte, lt: after(gte) }, -1);
    for (let i = 0; i < rows.length; i += 2) {
      const [, mapKey] = readMapAddress(rows[i]!.subarray(PREFIX_BYTES));
      if (!found.has(mapKey)) found.set(mapKey, this.#admit(key, mapKey, rows[i + 1]));
    }
    return present(found.values());
  }

  clear(key: Key): void {
    for (const { mapKey } of this.#load(key)) this.delete(key, mapKey!);
  }

  *all(): Generator<readonly [key: Key, mapKey: Key, value: V]> {
    for (const [row, bytes] of this.tables.rowsOf(this.state)) {
      const [key, mapKey] = readMapAddress(row.subarray(PREFIX_BYTES));
      yield [key, mapKey, this.codec.decode(new ByteReader(bytes))];
    }
  }

  forget({ key, mapKey, value }: CacheEntry<V>): void {
    if (value !== undefined) this.isComplete = false;
    const map = this.#maps.get(key);
    map?.delete(mapKey!);
    if (map?.size === 0) this.#maps.delete(key);
  }

  sweep(entries: number, isExpired: (value: V) => boolean): void {
    this.#sweep.next(this.tables, this.state, entries, (row, bytes) => {
      const [key, mapKey] = readMapAddress(row.subarray(PREFIX_BYTES));
      const cached = this.#maps.get(key)?.get(mapKey);
      const value = cached === undefined ? this.codec.decode(new ByteReader(bytes)) : cached.value;
      if (value !== undefined && isExpired(value)) this.delete(key, mapKey);
    });
  }
}

function present<V>(entries: Iterable<CacheEntry<V>>): readonly CacheEntry<V>[] {
  return [...entries].filter(({ value }) => value !== undefined);
}
