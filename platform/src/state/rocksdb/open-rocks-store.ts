/**
 * Opens a RocksDB store in a fresh folder, from nothing or from what checkpoints and savepoints hold.
 *
 * - A handle of RocksDB's own that covers key groups of ours becomes the database, by its files; what it has of other key
 *   groups is deleted, by range.
 * - All else is written into it entry by entry: further handles of RocksDB by a scan, canonical files as they are read.
 *
 * Invariants
 * - What lies in the folder from before is never looked at: after a crash it may be of any moment (a torn WAL would read
 *   as an older state), and a checkpoint is whole or refused.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import { overlaps } from '../../job/key-groups.js';
import type { KeyedStateHandle } from '../../job/state-handle.js';
import { readHandles, type SnapshotSource } from '../restore/read-handles.js';
import { keyGroupsRange } from './database-keys.js';
import { downloadFolder, untouchedParts } from './download-folder.js';
import { copyCanonical, copyDatabase } from './copy-entries.js';
import { RocksDatabase } from './rocks-database.js';
import { diskError } from './rocks-errors.js';
import { DATABASE_SHARE, RocksKeyedStore, type OpenDatabase, type RocksStoreOptions } from './rocks-keyed-store.js';
import { ROCKSDB_VERSION } from './rocks-snapshot.js';
import { loadRocksdb, type RocksPackage } from './rocksdb-package.js';
import { StateNumbers } from './state-numbers.js';

export interface RocksRestore {
  /** The checkpoint's number: the next one may build on it. */
  readonly checkpoint: number;
  readonly handles: readonly KeyedStateHandle[];
  readonly source: SnapshotSource;
  /** Whether the snapshot (a savepoint) was taken with another `maxParallelism`. */
  readonly rehash?: boolean;
}

type RocksHandle = KeyedStateHandle & { readonly content: { readonly format: 'rocksdb' } };

/**
 * @throws TidegateError TG425 where there is no RocksDB; TG421, TG422 when what is restored is not whole or too new;
 *   TG423, TG424 for the disk
 */
export async function openRocksStore(options: RocksStoreOptions, restore?: RocksRestore): Promise<RocksKeyedStore> {
  const rocksdb = await loadRocksdb();
  try {
    await rm(options.folder, { recursive: true, force: true });
    await mkdir(options.folder, { recursive: true });
  } catch (error) {
    throw diskError(`make the folder ${options.folder}`, error);
  }
  return new RocksKeyedStore(options, await new Opening(rocksdb, options, restore).open());
}

class Opening {
  readonly #numbers = new StateNumbers();

  constructor(
    private readonly rocksdb: RocksPackage,
    private readonly options: RocksStoreOptions,
    private readonly restore: RocksRestore | undefined,
  ) {}

  async open(): Promise<OpenDatabase> {
    const handles = (this.restore?.handles ?? []).filter(
      (handle) => this.restore?.rehash === true || overlaps(handle.keyGroups, this.options.keyGroups),
    );
    const own = handles.filter(isOfRocksdb).sort((a, b) => this.#share(b) - this.#share(a));
    for (const handle of own) this.#check(handle);
    const [base, ...others] = own;
    const opened = base === undefined ? await this.#openEmpty() : await this.#openBase(base);
    try {
      for (const [i, handle] of others.entries())
        await this.#copy(handle, join(this.options.folder, `other-${i}`), opened);
      await this.#copyCanonical(
        handles.filter((handle) => !isOfRocksdb(handle)),
        opened,
      );
    } catch (error) {
      await opened.database.close();
      throw error;
    }
    return opened;
  }

  #check({ content: { version } }: RocksHandle): void {
    if (version > ROCKSDB_VERSION) {
      throw new TidegateError(
        'TG422',
        `the checkpoint’s state is of format ${version}; this version of tidegate reads up to ${ROCKSDB_VERSION}. Use the version that wrote it, or a newer one.`,
      );
    }
    if (this.restore?.rehash === true) {
      throw new TidegateError(
        'TG426',
        'the checkpoint was taken with another maxParallelism; only a savepoint can be restored with a new one.',
      );
    }
  }

  /** How many of our key groups a handle has. */
  #share({ keyGroups }: KeyedStateHandle): number {
    const mine = this.options.keyGroups;
    return Math.min(keyGroups.last, mine.last) - Math.max(keyGroups.first, mine.first) + 1;
  }

  get #memoryBytes(): number {
    return this.options.memoryBytes * DATABASE_SHARE;
  }

  async #openEmpty(): Promise<OpenDatabase> {
    const folder = join(this.options.folder, 'db');
    return {
      database: await RocksDatabase.create(this.rocksdb, folder, this.#memoryBytes),
      numbers: this.#numbers,
      shipped: undefined,
    };
  }

  async #openBase(handle: RocksHandle): Promise<OpenDatabase> {
    const folder = join(this.options.folder, 'db');
    const database = await this.#download(handle, folder);
    const { first, last } = handle.keyGroups;
    const mine = this.options.keyGroups;
    if (first < mine.first) await database.deleteRange(keyGroupsRange(first, mine.first - 1));
    if (last > mine.last) await database.deleteRange(keyGroupsRange(mine.last + 1, last));
    handle.states.forEach((description, i) => {
      this.#numbers.restore({ number: handle.content.ids[i]!, description });
    });
    const { checkpoint } = this.restore!;
    const shipped = { checkpoint, parts: untouchedParts(handle.content.files, folder) };
    return { database, numbers: this.#numbers, shipped };
  }

  async #download(handle: RocksHandle, folder: string): Promise<RocksDatabase> {
    await downloadFolder(handle.content.files, this.restore!.source, folder);
    return RocksDatabase.open(this.rocksdb, folder, this.#memoryBytes);
  }

  async #copy(handle: RocksHandle, folder: string, { database }: OpenDatabase): Promise<void> {
    const from = await this.#download(handle, folder);
    const numbers = new Map(
      handle.states.map((description, i) => [handle.content.ids[i]!, this.#numbers.of(description)] as const),
    );
    try {
      const first = Math.max(handle.keyGroups.first, this.options.keyGroups.first);
      const last = Math.min(handle.keyGroups.last, this.options.keyGroups.last);
      await copyDatabase(from, database, keyGroupsRange(first, last), numbers, this.options.yieldToEventLoop);
    } finally {
      await from.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #copyCanonical(handles: readonly KeyedStateHandle[], { database }: OpenDatabase): Promise<void> {
    const { keyGroups, maxParallelism } = this.options;
    const rehash = this.restore?.rehash ?? false;
    // One handle after the other, so that only one subtask's state is in memory beside the database.
    for (const handle of handles) {
      const restored = await readHandles([handle], this.restore!.source, { keyGroups, maxParallelism, rehash });
      copyCanonical(restored.takeAll(), database, this.#numbers, maxParallelism);
    }
  }
}

function isOfRocksdb(handle: KeyedStateHandle): handle is RocksHandle {
  return handle.content.format === 'rocksdb';
}
