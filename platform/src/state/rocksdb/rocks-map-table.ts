/** Maps in the database: an entry of its own for each key of each map; a map is read by its range. */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { keyBytes, type Key } from '../../record/key.js';
import { firstBehind, readMapAddress } from '../entry-address.js';
import type { StateCodec } from '../state-codec.js';
import type { MapTable } from '../state-tables.js';
import { NO_ENTRY, type CachedTable } from './cache-entries.js';
import { after, next, PREFIX_BYTES } from './database-keys.js';
import { RangeSweep } from './range-sweep.js';
import type { RocksTables } from './rocks-tables.js';

export class RocksMapTable<V> implements MapTable<V>, CachedTable<V> {
  /** Slots. */
  readonly #maps = new Map<Key, Map<Key, number>>();
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
    const slot = this.#find(key, mapKey);
    if (slot !== NO_ENTRY) {
      cache.touch(slot);
      return this.#valueAt(slot);
    }
    if (this.isComplete) return undefined;
    const [bytes] = database.getMany([keys.of(this.state, keys.keyGroupOf(key), key, mapKey)]);
    return this.#admit(key, mapKey, bytes);
  }

  #find(key: Key, mapKey: Key): number {
    return this.#maps.get(key)?.get(mapKey) ?? NO_ENTRY;
  }

  #valueAt(slot: number): V | undefined {
    return this.tables.cache.entries.values[slot] as V | undefined;
  }

  /** Takes in what the database has. */
  #admit(key: Key, mapKey: Key, bytes: Uint8Array | undefined | null): V | undefined {
    const value = bytes ? this.codec.decode(new ByteReader(bytes)) : undefined;
    this.tables.cache.admit(this.#add(key, mapKey, value, Boolean(bytes)));
    return value;
  }

  #add(key: Key, mapKey: Key, value: V | undefined, isStored: boolean): number {
    const { entries } = this.tables.cache;
    let map = this.#maps.get(key);
    if (map === undefined) this.#maps.set(key, (map = new Map()));
    const slot = entries.add(this, key, mapKey, value, isStored);
    map.set(mapKey, slot);
    return slot;
  }

  put(key: Key, mapKey: Key, value: V): void {
    this.#write(key, mapKey, value);
  }

  delete(key: Key, mapKey: Key): void {
    if (!this.isComplete || this.#find(key, mapKey) !== NO_ENTRY) this.#write(key, mapKey, undefined);
  }

  #write(key: Key, mapKey: Key, value: V | undefined): void {
    const { cache } = this.tables;
    let slot = this.#find(key, mapKey);
    if (slot === NO_ENTRY) {
      slot = this.#add(key, mapKey, value, !this.isComplete);
      cache.changed(slot);
      cache.admit(slot);
      if (value !== undefined) this.#sweep.added();
    } else {
      cache.touch(slot);
      if (value !== undefined && this.#valueAt(slot) === undefined) this.#sweep.added();
      cache.entries.values[slot] = value;
      cache.changed(slot);
    }
  }

  entries(key: Key): Iterable<readonly [mapKey: Key, value: V]> {
    return this.#load(key)
      .map(([mapKey, value]) => ({ mapKey, value, bytes: keyBytes(mapKey) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ mapKey, value }) => [mapKey, value] as const);
  }

  /**
   * All entries of a key that are there: those of the database, and what is cached instead of or beside them. Values, not
   * slots: those of the first may be dropped while the last are taken in.
   */
  #load(key: Key): readonly (readonly [mapKey: Key, value: V])[] {
    const { cache, database, keys } = this.tables;
    const found = new Map<Key, V | undefined>();
    for (const [mapKey, slot] of this.#maps.get(key) ?? []) {
      cache.touch(slot);
      found.set(mapKey, this.#valueAt(slot));
    }
    if (this.isComplete) return present(found);
    const gte = keys.mapPrefix(this.state, key);
    const rows = database.query({ gte, lt: after(gte) }, -1);
    for (let i = 0; i < rows.length; i += 2) {
      const [, mapKey] = readMapAddress(rows[i]!.subarray(PREFIX_BYTES));
      if (!found.has(mapKey)) found.set(mapKey, this.#admit(key, mapKey, rows[i + 1]));
    }
    return present(found);
  }

  behind(key: Key, start: Key | undefined, limit: number): readonly (readonly [mapKey: Key, value: V])[] {
    const cached = new Map([...(this.#maps.get(key) ?? [])].map(([mapKey, slot]) => [mapKey, this.#valueAt(slot)]));
    const found = new Map(cached);
    // What is deleted and not yet written stands in the place of others.
    const rows = this.isComplete ? [] : this.#rowsBehind(key, start, limit + cached.size);
    for (const [mapKey, bytes] of rows)
      if (!cached.has(mapKey)) found.set(mapKey, this.codec.decode(new ByteReader(bytes)));
    return firstBehind([...new Map(present(found)).keys()], start, limit).map(
      (mapKey) => [mapKey, found.get(mapKey)!] as const,
    );
  }

  #rowsBehind(key: Key, start: Key | undefined, limit: number): readonly (readonly [mapKey: Key, value: Buffer])[] {
    const { database, keys } = this.tables;
    const prefix = keys.mapPrefix(this.state, key);
    const gte = start === undefined ? prefix : next(Buffer.concat([prefix, keyBytes(start)]));
    const rows = database.query({ gte, lt: after(prefix) }, limit);
    return Array.from({ length: rows.length / 2 }, (_, i) => {
      const [, mapKey] = readMapAddress(rows[2 * i]!.subarray(PREFIX_BYTES));
      return [mapKey, rows[2 * i + 1]!] as const;
    });
  }

  clear(key: Key): void {
    for (const [mapKey] of this.#load(key)) this.delete(key, mapKey);
  }

  *all(): Generator<readonly [key: Key, mapKey: Key, value: V]> {
    for (const [row, bytes] of this.tables.rowsOf(this.state)) {
      const [key, mapKey] = readMapAddress(row.subarray(PREFIX_BYTES));
      yield [key, mapKey, this.codec.decode(new ByteReader(bytes))];
    }
  }

  forget(slot: number): void {
    const { entries } = this.tables.cache;
    const key = entries.keys[slot]!;
    if (this.#valueAt(slot) !== undefined) this.isComplete = false;
    const map = this.#maps.get(key);
    map?.delete(entries.mapKey(slot)!);
    if (map?.size === 0) this.#maps.delete(key);
  }

  sweep(entries: number, isExpired: (value: V) => boolean): void {
    this.#sweep.next(this.tables, this.state, entries, (row, bytes) => {
      const [key, mapKey] = readMapAddress(row.subarray(PREFIX_BYTES));
      const slot = this.#find(key, mapKey);
      const value = slot === NO_ENTRY ? this.codec.decode(new ByteReader(bytes)) : this.#valueAt(slot);
      if (value !== undefined && isExpired(value)) this.delete(key, mapKey);
    });
  }
}

function present<V>(entries: ReadonlyMap<Key, V | undefined>): readonly (readonly [mapKey: Key, value: V])[] {
  return [...entries].filter((entry): entry is [Key, V] => entry[1] !== undefined);
}
