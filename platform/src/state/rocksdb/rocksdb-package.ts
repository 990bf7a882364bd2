/**
 * The part of @nxtedition/rocksdb 12.2.12 that is used, and its loading. The package is optional: it has a binary for
 * Linux on x64 (glibc 2.34 or newer) only.
 *
 * The underscored methods are the package's synchronous ones, which it calls "nxt API". `unsafe` reads are never used:
 * they pin blocks of the cache, and a pinned block aborts the process when the database is closed.
 */
import { TidegateError } from '../../common/errors.js';

export interface RocksBatch {
  _put(key: Uint8Array, value: Uint8Array, options: object): void;
  _del(key: Uint8Array, options: object): void;
  _writeSync(options: object): void;
  _closeSync(): void;
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
  _getManySync(keys: readonly Uint8Array[], options: object): readonly (Buffer | undefined | null)[];
  _chainedBatch(): RocksBatch;
  detachResource(resource: RocksBatch): void;
  _iterator(options: object): RocksIterator;
  querySync(options: object): RocksRows;
  /** Deletes the range at once, by a tombstone. */
  _clear(options: object, callback: (error?: Error | null) => void): void;
  getProperty(name: string): string;
}

export interface RocksPackage {
  readonly RocksLevel: new (folder: string, options: object) => RocksLevel;
}

/**
 * Loads the package.
 * @throws TidegateError TG425 when it is not installed or has no binary for this machine; the caller may take the heap
 */
export async function loadRocksdb(
  load: () => Promise<unknown> = () => import('@nxtedition/rocksdb' as string),
): Promise<RocksPackage> {
  try {
    return (await load()) as RocksPackage;
  } catch (cause) {
    throw new TidegateError(
      'TG425',
      `RocksDB cannot be loaded on this machine (${process.platform} ${process.arch}). Use \`settings.state.backend: heap\`.`,
      { cause },
    );
  }
}
