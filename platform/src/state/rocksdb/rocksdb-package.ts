/**
 * The part of @nxtedition/rocksdb 12.2.12 that is used, and its loading. The package is optional: it has a binary for
 * Linux on x64 (glibc 2.34 or newer) only.
 *
 * The underscored methods are the package's synchronous ones, which it calls "nxt API". `unsafe` reads are never used:
 * they pin blocks of the cache, and a pinned block aborts the process when the database is closed.
 *
 * Batches are written through the package's native functions: its class for them makes an object and asks for options
 * with each change, which is a fifth of what a small change costs.
 */
import { TidegateError } from '../../common/errors.js';

/** A database, as the native functions know it. */
export type NativeDatabase = object & { readonly brand: 'database' };
/** A RocksDB WriteBatch; the garbage collector frees it. */
export type NativeBatch = object & { readonly brand: 'batch' };

export interface RocksBinding {
  /** @param handle of a database that is open; good until it is closed */
  db_init(handle: bigint): NativeDatabase;
  batch_init(): NativeBatch;
  batch_put(batch: NativeBatch, key: Uint8Array, value: Uint8Array, options: undefined): void;
  batch_del(batch: NativeBatch, key: Uint8Array, options: undefined): void;
  batch_write(database: NativeDatabase, batch: NativeBatch, options: undefined): void;
  batch_clear(batch: NativeBatch): void;
}

export interface RocksRows {
  /** Keys and values by turns. */
  readonly rows: readonly (Buffer | undefined)[];
  readonly finished: boolean;
}

export interface RocksRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

export interface RocksIterator {
  _seekSync(target: Uint8Array): void;
  _nextvSync(size: number, options?: object): RocksRows;
  close(): Promise<void>;
}

export interface RocksLevel {
  open(options: object): Promise<void>;
  close(): Promise<void>;
  /** Only while it is open. */
  readonly handle: bigint;
  _getManySync(keys: readonly Uint8Array[], options: object): readonly (Buffer | undefined | null)[];
  _iterator(options: object): RocksIterator;
  querySync(options: object): RocksRows;
  /** Deletes the range at once, by a tombstone. */
  _clear(options: object, callback: (error?: Error | null) => void): void;
  getProperty(name: string): string;
}

export interface RocksPackage {
  readonly RocksLevel: new (folder: string, options: object) => RocksLevel;
  readonly binding: RocksBinding;
}

/**
 * Loads the package.
 * @throws TidegateError TG425 when it is not installed or has no binary for this machine; the caller may take the heap
 */
export async function loadRocksdb(
  load: (module: string) => Promise<unknown> = (module) => import(module),
): Promise<RocksPackage> {
  try {
    const { RocksLevel } = (await load('@nxtedition/rocksdb')) as Pick<RocksPackage, 'RocksLevel'>;
    const { default: binding } = (await load('@nxtedition/rocksdb/binding.js')) as { readonly default: RocksBinding };
    return { RocksLevel, binding };
  } catch (cause) {
    throw new TidegateError(
      'TG425',
      `RocksDB cannot be loaded on this machine (${process.platform} ${process.arch}). Use \`settings.state.backend: heap\`.`,
      { cause },
    );
  }
}
