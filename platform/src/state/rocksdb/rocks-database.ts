/**
 * One RocksDB in a folder of its own, as a task's store uses it. Everything but opening and closing is synchronous; only
 * the owning thread calls it.
 *
 * RocksDB promises nothing here about what survives a crash: after one the folder is thrown away and rebuilt from the
 * last checkpoint. So writes are never synced.
 */
import type {
  NativeDatabase,
  RocksBinding,
  RocksIterator,
  RocksLevel,
  RocksPackage,
  RocksRange,
} from './rocksdb-package.js';
import { diskError } from './rocks-errors.js';
import { WriteBatch } from './write-batch.js';

const NO_OPTIONS = {};
const BUFFERS = { keyEncoding: 'buffer', valueEncoding: 'buffer' };
/** Half of the usual size: state is read by key, and a miss reads a whole block. */
const BLOCK_BYTES = 2048;
/** Of tables. Ribbon filters, of which `point-lookup` makes most, take some 40 bytes a key while a table is written. */
const FILTER = 'bloomfilter:10:false';
/**
 * Of all memtables; one is a quarter of it. Writes come in the order of the keys, and an insert at the end of a memtable
 * costs half of one in its middle: so one is to hold a part of what is written in one go, and not several goes.
 */
const MIN_MEMTABLE_BYTES = 4 * 1024 * 1024;
const MAX_MEMTABLE_BYTES = 16 * 1024 * 1024;

/** As good as for ever: what is too much is deleted by `trimArchive`. */
const WAL_KEPT_MS = 2 ** 32 - 1;

export interface LiveSst {
  /** Its name in the folder. */
  readonly name: string;
  readonly bytes: number;
}

export class RocksDatabase {
  readonly #native: NativeDatabase;

  private constructor(
    readonly folder: string,
    private readonly db: RocksLevel,
    private readonly binding: RocksBinding,
  ) {
    this.#native = binding.db_init(db.handle);
  }

  /**
   * Makes a new one.
   * @param memoryBytes for memtables (up to half of it, which they may go over by half while they are flushed) and blocks
   * @throws TidegateError TG423, TG424
   */
  static create(rocksdb: RocksPackage, folder: string, memoryBytes: number): Promise<RocksDatabase> {
    return RocksDatabase.#open(rocksdb, folder, memoryBytes, true);
  }

  /** Opens what is in the folder: nothing there is an error, and never an empty database. */
  static open(rocksdb: RocksPackage, folder: string, memoryBytes: number): Promise<RocksDatabase> {
    return RocksDatabase.#open(rocksdb, folder, memoryBytes, false);
  }

  static async #open(
    { RocksLevel, binding }: RocksPackage,
    folder: string,
    memoryBytes: number,
    createIfMissing: boolean,
  ): Promise<RocksDatabase> {
    const db = new RocksLevel(folder, BUFFERS);
    const memtables = Math.min(Math.round(memoryBytes / 2), MAX_MEMTABLE_BYTES);
    try {
      await db.open({
        createIfMissing,
        errorIfExists: createIfMissing,
        parallelism: 1,
        compaction: 'universal',
        compression: false,
        memtableMemoryBudget: Math.max(memtables, MIN_MEMTABLE_BYTES),
        cacheSize: Math.round(memoryBytes) - memtables,
        cacheIndexAndFilterBlocks: true,
        optimize: 'point-lookup',
        filterPolicy: FILTER,
        blockSize: BLOCK_BYTES,
        walCompression: false,
        walTTL: WAL_KEPT_MS,
      });
    } catch (error) {
      throw diskError(`open the state in ${folder}`, (error as { cause?: unknown }).cause ?? error);
    }
    return new RocksDatabase(folder, db, binding);
  }

  getMany(keys: readonly Uint8Array[]): readonly (Buffer | undefined | null)[] {
    return this.#doing('read state', () => this.db._getManySync(keys, NO_OPTIONS));
  }

  /** An empty batch, for `commit`. */
  batch(): WriteBatch {
    return new WriteBatch(this.binding);
  }

  /** Writes a batch, all or nothing, and empties it. */
  commit(batch: WriteBatch): void {
    try {
      this.#doing('write state', () => {
        this.binding.batch_write(this.#native, batch.native, undefined);
      });
    } finally {
      batch.clear();
    }
  }

  /** Writes what `fill` puts into a batch. */
  write(fill: (batch: WriteBatch) => void): void {
    const batch = this.batch();
    fill(batch);
    this.commit(batch);
  }

  /** Up to `limit` rows of a range, keys and values by turns. */
  query(range: RocksRange, limit: number): readonly (Buffer | undefined)[] {
    return this.#doing('read state', () => this.db.querySync({ ...BUFFERS, ...range, limit }).rows);
  }

  /** A view of the whole database at this moment, which later writes do not change. To be closed. */
  view(): RocksIterator {
    return this.db._iterator(BUFFERS);
  }

  /** Deletes a range, by one tombstone. */
  async deleteRange(range: RocksRange): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.db._clear(range, (error) => (error ? reject(diskError('delete state', error)) : resolve()));
    });
  }

  /** The files of the present version, with their lengths. */
  liveSsts(): readonly LiveSst[] {
    const files = this.db.getProperty('rocksdb.sstables').matchAll(/^ (\d+):(\d+)\[/gm);
    return [...files].map(([, number, bytes]) => ({ name: `${number!.padStart(6, '0')}.sst`, bytes: Number(bytes) }));
  }

  /** Whether files are being made that may be part of the next version. */
  get isChanging(): boolean {
    return this.#number('num-running-flushes') + this.#number('num-running-compactions') > 0;
  }

  /** WALs of lower numbers are no longer needed. */
  get firstWal(): number {
    return this.#number('min-log-number-to-keep');
  }

  /** What RocksDB says that it holds in memory. */
  get memoryBytes(): number {
    return (
      this.#number('cur-size-all-mem-tables') +
      this.#number('block-cache-usage') +
      this.#number('estimate-table-readers-mem')
    );
  }

  #number(property: string): number {
    return Number(this.db.getProperty(`rocksdb.${property}`));
  }

  async close(): Promise<void> {
    await this.db.close();
  }

  #doing<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw diskError(what, error);
    }
  }
}
