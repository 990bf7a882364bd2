/**
 * The tables of a RocksDB store. A restored state whose values another codec wrote is migrated when it is opened, all of
 * it, before anything is processed.
 */
import { TidegateError } from '../../common/errors.js';
import type { KeyGroupRange, StateDescription } from '../../job/state-handle.js';
import { ByteReader } from '../../record/codec/byte-reader.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { keyBytes, type Key } from '../../record/key.js';
import { valueReader } from '../restore/value-reader.js';
import type { StateCodec } from '../state-codec.js';
import { describe, type StateTables, type TableAddress } from '../state-tables.js';
import { next, PREFIX_BYTES, stateRange, withPrefix, type DatabaseKeys } from './database-keys.js';
import type { RocksDatabase } from './rocks-database.js';
import { RocksMapTable } from './rocks-map-table.js';
import { RocksValueTable } from './rocks-value-table.js';
import type { RocksRange } from './rocksdb-package.js';
import type { NumberedState, StateNumbers } from './state-numbers.js';
import type { WriteBackCache } from './write-back-cache.js';

/** Rows that are read at once where many are read. */
const PAGE = 1000;
/** Where few may be wanted. */
const RUN_PAGE = 32;

type Row = readonly [key: Buffer, value: Buffer];

export class RocksTables implements StateTables {
  readonly #opened = new Set<number>();

  constructor(
    readonly database: RocksDatabase,
    readonly keys: DatabaseKeys,
    readonly cache: WriteBackCache,
    readonly keyGroups: KeyGroupRange,
    /** Of the indices of entries in memory. */
    readonly hashSeed: number,
    private readonly numbers: StateNumbers,
    /** Makes the database hold all that the cache holds. */
    private readonly writeAll: () => void,
  ) {}

  value<T>(address: TableAddress, codec: StateCodec<T>): RocksValueTable<T> {
    const isNew = this.numbers.named(address).length === 0;
    return new RocksValueTable(this, this.#open(address, codec), codec, isNew);
  }

  map<V>(address: TableAddress, codec: StateCodec<V>): RocksMapTable<V> {
    const isNew = this.numbers.named(address).length === 0;
    return new RocksMapTable(this, this.#open(address, codec), codec, isNew);
  }

  /** States that operators have opened, with their numbers. */
  get opened(): readonly NumberedState[] {
    return this.numbers.all.filter(({ number }) => this.#opened.has(number));
  }

  /** Restored states that no operator has opened, and that hold something. */
  unclaimed(): readonly StateDescription[] {
    return this.#unclaimed()
      .filter(({ number }) => this.#rowsOf(number).next().done !== true)
      .map(({ description }) => description);
  }

  #unclaimed(): readonly NumberedState[] {
    return this.numbers.all.filter(({ number }) => !this.#opened.has(number));
  }

  dropUnclaimed(): void {
    for (const state of this.#unclaimed()) {
      this.#rewrite(state.number, () => undefined);
      this.numbers.remove(state);
    }
  }

  /** All rows of a state: key and value. Reads the disk. */
  *rowsOf(state: number): Generator<readonly [key: Buffer, value: Buffer]> {
    this.writeAll();
    yield* this.#rowsOf(state);
  }

  /** Rows of a state behind a key, of each key group by itself in the order of the keys. */
  *runsOf(state: number, behind: Key | undefined): Generator<Iterable<Row>> {
    this.writeAll();
    for (let keyGroup = this.keyGroups.first; keyGroup <= this.keyGroups.last; keyGroup++) {
      const range = stateRange(keyGroup, state);
      const gte = behind === undefined ? range.gte : next(withPrefix(keyGroup, state, keyBytes(behind)));
      yield this.#rowsIn({ ...range, gte }, RUN_PAGE);
    }
  }

  *#rowsOf(state: number): Generator<Row> {
    for (let keyGroup = this.keyGroups.first; keyGroup <= this.keyGroups.last; keyGroup++)
      yield* this.#rowsIn(stateRange(keyGroup, state), PAGE);
  }

  *#rowsIn(range: RocksRange, page: number): Generator<Row> {
    let rows = this.database.query(range, page);
    for (;;) {
      for (let i = 0; i < rows.length; i += 2) yield [rows[i]!, rows[i + 1]!];
      if (rows.length < 2 * page) break;
      rows = this.database.query({ ...range, gte: next(rows.at(-2)!) }, page);
    }
  }

  #open<T>(address: TableAddress, codec: StateCodec<T>): number {
    const old = this.numbers.named(address);
    for (const { description } of old) {
      if (description.kind !== address.kind) {
        throw new TidegateError(
          'TG420',
          `the state ${address.name} of ${address.owner} was a ${description.kind} and is a ${address.kind} now.`,
        );
      }
    }
    const readers = old.map(({ description }) => valueReader(description, codec));
    const number = this.numbers.of(describe(address, codec));
    this.#opened.add(number);
    old.forEach((state, i) => {
      if (state.number === number) return;
      this.#migrate(state.number, number, readers[i]!, codec);
      this.numbers.remove(state);
    });
    return number;
  }

  #migrate<T>(from: number, to: number, read: (bytes: ByteReader) => T | undefined, codec: StateCodec<T>): void {
    const out = new ByteWriter();
    this.#rewrite(from, (key, bytes) => {
      const value = read(new ByteReader(bytes));
      if (value === undefined) return undefined;
      out.reset();
      codec.encode(value, out);
      return { key: withPrefix(key.readUInt16BE(0), to, key.subarray(PREFIX_BYTES)), value: out.finish() };
    });
  }

  /** Replaces each row of a state by another, or by nothing. */
  #rewrite(
    state: number,
    change: (key: Buffer, value: Buffer) => { readonly key: Uint8Array; readonly value: Uint8Array } | undefined,
  ): void {
    let rows: (readonly [Buffer, Buffer])[] = [];
    const write = (): void =>
      this.database.write((batch) => {
        for (const [key, value] of rows) {
          const changed = change(key, value);
          batch.delete(key);
          if (changed !== undefined) batch.put(changed.key, changed.value);
        }
        rows = [];
      });
    for (const row of this.#rowsOf(state)) {
      rows.push(row);
      if (rows.length === PAGE) write();
    }
    write();
  }
}
