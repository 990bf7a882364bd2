/** One value for each key: cached decoded, missed ones read from the database, many at once where it is known before. */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { keyFromBytes, type Key } from '../../record/key.js';
import type { Glance } from '../keyed-store.js';
import type { StateCodec } from '../state-codec.js';
import type { ValueTable } from '../state-tables.js';
import { CacheEntry, type CachedTable } from './cache-entry.js';
import { PREFIX_BYTES } from './database-keys.js';
import { RangeSweep } from './range-sweep.js';
import type { RocksTables } from './rocks-tables.js';

export class RocksValueTable<T> implements ValueTable<T>, CachedTable<T> {
  readonly #entries = new Map<Key, CacheEntry<T>>();
  readonly #sweep = new RangeSweep();
  readonly isOnDisk = true;
  /** What is not cached is not in the database either. */
  #isComplete: boolean;

  constructor(
    private readonly tables: RocksTables,
    readonly state: number,
    readonly codec: StateCodec<T>,
    public isEmpty: boolean,
  ) {
    this.#isComplete = isEmpty;
  }

  get(key: Key): T | undefined {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#isComplete) return undefined;
      this.#load([key]);
      entry = this.#entries.get(key)!;
    } else this.tables.cache.touch(entry);
    return entry.value;
  }

  put(key: Key, value: T): void {
    this.isEmpty = false;
    this.#write(key, value);
  }

  delete(key: Key): void {
    if (!this.#isComplete || this.#entries.has(key)) this.#write(key, undefined);
  }

  #write(key: Key, value: T | undefined): void {
    const { cache } = this.tables;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = new CacheEntry<T>(this, key, undefined, value);
      entry.isStored = !this.#isComplete;
      this.#entries.set(key, entry);
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

  prefetch(keys: readonly (Key | undefined)[], count: number): void {
    if (this.#isComplete) return;
    let missing: Set<Key> | undefined;
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      if (key !== undefined && !this.#entries.has(key)) (missing ??= new Set()).add(key);
    }
    if (missing !== undefined) this.#load([...missing]);
  }

  #load(missing: readonly Key[]): void {
    const { database, keys, cache } = this.tables;
    const entries = missing.map((key) => {
      const entry = new CacheEntry<T>(this, key, undefined, undefined);
      entry.keyGroup = keys.keyGroupOf(key);
      return entry;
    });
    const values = database.getMany(entries.map(({ key, keyGroup }) => keys.of(this.state, keyGroup, key, undefined)));
    entries.forEach((entry, i) => {
      const bytes = values[i];
      entry.isStored = Boolean(bytes);
      if (bytes) entry.value = this.codec.decode(new ByteReader(bytes));
      this.#entries.set(entry.key, entry);
      cache.admit(entry);
    });
  }

  forget({ key, value }: CacheEntry<T>): void {
    this.#entries.delete(key);
    if (value !== undefined) this.#isComplete = false;
  }

  *keys(): Iterable<Key> {
    for (const [row] of this.tables.rowsOf(this.state)) yield keyFromBytes(row.subarray(PREFIX_BYTES));
  }

  *scan<G>({ ofBytes }: Glance<T, G>): Generator<readonly [key: Key, told: G]> {
    for (const [row, bytes] of this.tables.rowsOf(this.state))
      yield [keyFromBytes(row.subarray(PREFIX_BYTES)), ofBytes(new ByteReader(bytes))];
  }

  sweep(entries: number, isExpired: (value: T) => boolean): void {
    this.#sweep.next(this.tables, this.state, entries, (key, bytes) => {
      const at = keyFromBytes(key.subarray(PREFIX_BYTES));
      const cached = this.#entries.get(at);
      const value = cached === undefined ? this.codec.decode(new ByteReader(bytes)) : cached.value;
      if (value !== undefined && isExpired(value)) this.delete(at);
    });
  }
}
