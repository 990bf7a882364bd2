/** One value for each key: cached decoded, missed ones read from the database, many at once where it is known before. */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { keyFromBytes, type Key } from '../../record/key.js';
import type { Glance } from '../keyed-store.js';
import type { StateCodec } from '../state-codec.js';
import type { ValueTable } from '../state-tables.js';
import { NO_ENTRY, type CachedTable } from './cache-entries.js';
import { PREFIX_BYTES } from './database-keys.js';
import { EntryIndex } from './entry-index.js';
import { RangeSweep } from './range-sweep.js';
import type { RocksTables } from './rocks-tables.js';

export class RocksValueTable<T> implements ValueTable<T>, CachedTable<T> {
  readonly #index: EntryIndex;
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
    this.#index = new EntryIndex(tables.cache.entries, tables.hashSeed);
  }

  get(key: Key): T | undefined {
    const { cache } = this.tables;
    let slot = this.#index.find(key);
    if (slot === NO_ENTRY) {
      if (this.#isComplete) return undefined;
      this.#load([key]);
      slot = this.#index.find(key);
    } else cache.touch(slot);
    return cache.entries.values[slot] as T | undefined;
  }

  put(key: Key, value: T): void {
    this.isEmpty = false;
    this.#write(key, value);
  }

  delete(key: Key): void {
    if (!this.#isComplete || this.#index.find(key) !== NO_ENTRY) this.#write(key, undefined);
  }

  #write(key: Key, value: T | undefined): void {
    const { cache } = this.tables;
    const { entries } = cache;
    let slot = this.#index.find(key);
    if (slot === NO_ENTRY) {
      slot = this.#add(key, value, !this.#isComplete);
      cache.changed(slot);
      cache.admit(slot);
      if (value !== undefined) this.#sweep.added();
    } else {
      cache.touch(slot);
      if (value !== undefined && entries.values[slot] === undefined) this.#sweep.added();
      entries.values[slot] = value;
      cache.changed(slot);
    }
  }

  #add(key: Key, value: T | undefined, isStored: boolean): number {
    const { entries } = this.tables.cache;
    const slot = entries.add(this, key, undefined, value, isStored);
    this.#index.add(slot);
    return slot;
  }

  prefetch(keys: readonly (Key | undefined)[], count: number): void {
    if (this.#isComplete) return;
    let missing: Set<Key> | undefined;
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      if (key !== undefined && this.#index.find(key) === NO_ENTRY) (missing ??= new Set()).add(key);
    }
    if (missing !== undefined) this.#load([...missing]);
  }

  #load(missing: readonly Key[]): void {
    const { database, keys, cache } = this.tables;
    const keyGroups = missing.map((key) => keys.keyGroupOf(key));
    const values = database.getMany(missing.map((key, i) => keys.of(this.state, keyGroups[i]!, key, undefined)));
    missing.forEach((key, i) => {
      const bytes = values[i];
      const slot = this.#add(key, bytes ? this.codec.decode(new ByteReader(bytes)) : undefined, Boolean(bytes));
      cache.entries.setKeyGroup(slot, keyGroups[i]!);
      cache.admit(slot);
    });
  }

  forget(slot: number): void {
    this.#index.remove(slot);
    if (this.tables.cache.entries.values[slot] !== undefined) this.#isComplete = false;
  }

  *keys(): Iterable<Key> {
    for (const [row] of this.tables.rowsOf(this.state)) yield keyFromBytes(row.subarray(PREFIX_BYTES));
  }

  *scan<G>({ ofBytes }: Glance<T, G>): Generator<readonly [key: Key, told: G]> {
    yield* told(this.tables.rowsOf(this.state), ofBytes);
  }

  *runs<G>(after: Key | undefined, { ofBytes }: Glance<T, G>): Generator<Iterable<readonly [key: Key, told: G]>> {
    for (const rows of this.tables.runsOf(this.state, after)) yield told(rows, ofBytes);
  }

  sweep(entries: number, isExpired: (value: T) => boolean): void {
    const { values } = this.tables.cache.entries;
    this.#sweep.next(this.tables, this.state, entries, (row, bytes) => {
      const key = keyFromBytes(row.subarray(PREFIX_BYTES));
      const slot = this.#index.find(key);
      const value = slot === NO_ENTRY ? this.codec.decode(new ByteReader(bytes)) : (values[slot] as T | undefined);
      if (value !== undefined && isExpired(value)) this.delete(key);
    });
  }
}

function* told<G>(
  rows: Iterable<readonly [key: Buffer, value: Buffer]>,
  ofBytes: (bytes: ByteReader) => G,
): Generator<readonly [key: Key, told: G]> {
  for (const [row, bytes] of rows) yield [keyFromBytes(row.subarray(PREFIX_BYTES)), ofBytes(new ByteReader(bytes))];
}
