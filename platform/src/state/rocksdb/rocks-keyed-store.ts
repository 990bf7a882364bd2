/**
 * Keyed state in a RocksDB of the task's own, with decoded entries in memory inside a budget.
 *
 * Invariants
 * - Only the owning thread comes here. The database is never read by another attempt: it is rebuilt from a checkpoint.
 * - At most one snapshot is pending, that is, taken and not yet frozen; whoever needs what only its end can give ends it
 *   at once (`#settle`).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateDescription } from '../../job/state-handle.js';
import type {
  AggregatingState,
  Aggregator,
  KeyedStore,
  ListState,
  MapState,
  ReducingState,
  StateOptions,
  TimerService,
  ValueState,
} from '../keyed-store.js';
import { KeyedStates } from '../kinds/keyed-states.js';
import type { KeyedStoreOptions } from '../state-backend.js';
import { DatabaseKeys } from './database-keys.js';
import { LOG_BYTES_MAX } from './frozen-files.js';
import { trimArchive } from './log-files.js';
import type { PendingSnapshot, SnapshotOrigin } from './pending-snapshot.js';
import type { RocksDatabase } from './rocks-database.js';
import { RocksSavepoint } from './rocks-savepoint.js';
import { RocksSnapshot } from './rocks-snapshot.js';
import { RocksTables } from './rocks-tables.js';
import { ShippedFiles, type RestoredParts } from './shipped-files.js';
import type { StateNumbers } from './state-numbers.js';
import { WriteBackCache } from './write-back-cache.js';

export interface RocksStoreOptions extends KeyedStoreOptions {
  /** Of this store alone; emptied when it is opened and removed when it is closed. */
  readonly folder: string;
  /** For decoded entries, memtables and blocks together. */
  readonly memoryBytes: number;
  /** Unique over the job's life, such as the attempt: part of the names under which files are shipped. */
  readonly incarnation: string;
  /** A 32-bit integer that who sends keys does not know. Default 0. */
  readonly hashSeed?: number;
}

/** What a store is opened with: the database, as restored. */
export interface OpenDatabase {
  readonly database: RocksDatabase;
  readonly numbers: StateNumbers;
  readonly shipped: RestoredParts | undefined;
}

/** Of the memory: decoded entries have the rest. */
export const DATABASE_SHARE = 1 / 4;
/**
 * What V8 takes for each byte that lives: keys and values that the cache has dropped lie on its heap until the old
 * generation is collected. It decides by itself when that is, within what the process asks for (see `heap-growth` of the
 * command).
 */
const HEAP_FACTOR = 1.5;
/** Entries that are looked at for being expired, once in so many frames; more where more have come. */
const SWEPT_ENTRIES = 64;
const FRAMES_A_SWEEP = 16;
/** Frames between two looks at the archive of logs. */
const FRAMES_A_TRIM = 1024;

export class RocksKeyedStore implements KeyedStore {
  readonly #database: RocksDatabase;
  readonly #cache: WriteBackCache;
  readonly #tables: RocksTables;
  readonly #states: KeyedStates;
  readonly #shipped: ShippedFiles;
  #pending: PendingSnapshot | undefined;
  #isClosed = false;
  #frames = 0;

  /** See `openRocksStore`. */
  constructor(
    private readonly options: RocksStoreOptions,
    { database, numbers, shipped }: OpenDatabase,
  ) {
    this.#database = database;
    this.#shipped = new ShippedFiles(shipped);
    const keys = new DatabaseKeys(options.maxParallelism);
    const budget = (options.memoryBytes * (1 - DATABASE_SHARE)) / HEAP_FACTOR;
    this.#cache = new WriteBackCache(database, keys, budget, () => this.#settle());
    this.#tables = new RocksTables(
      database,
      keys,
      this.#cache,
      options.keyGroups,
      options.hashSeed ?? 0,
      numbers,
      () => {
        this.#settle();
        this.#cache.writeAll();
      },
    );
    this.#states = new KeyedStates(this.#tables, options.clock);
  }

  value<T>(options: StateOptions<T>): ValueState<T> {
    return this.#states.value(options);
  }

  list<T>(options: StateOptions<T>): ListState<T> {
    return this.#states.list(options);
  }

  map<V>(options: StateOptions<V>): MapState<V> {
    return this.#states.map(options);
  }

  reducing<T>(options: StateOptions<T>, reduce: (left: T, right: T) => T): ReducingState<T> {
    return this.#states.reducing(options, reduce);
  }

  aggregating<I, A, O>(options: StateOptions<A>, aggregator: Aggregator<I, A, O>): AggregatingState<I, O> {
    return this.#states.aggregating(options, aggregator);
  }

  timers(owner: string, name: string): TimerService {
    return this.#states.timers(owner, name);
  }

  unclaimed(): readonly StateDescription[] {
    return this.#tables.unclaimed();
  }

  drain(): void {
    this.#states.sweep(++this.#frames % FRAMES_A_SWEEP === 0 ? SWEPT_ENTRIES : 0);
    if (this.#pending !== undefined) this.#saveSlice();
    this.#cache.drain();
    if (this.#frames % FRAMES_A_TRIM === 0) trimArchive(this.#database.folder, LOG_BYTES_MAX);
  }

  #saveSlice(): void {
    if (this.#cache.saveSlice()) this.#freeze();
  }

  #freeze(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.freeze();
  }

  /** Ends the saving of the epoch now. */
  #settle(): void {
    while (this.#pending !== undefined) this.#saveSlice();
  }

  snapshot({
    checkpoint,
    type,
    base,
  }: Pick<CheckpointBarrier, 'checkpoint' | 'type' | 'base'>): RocksSnapshot | RocksSavepoint {
    this.#settle();
    this.#tables.dropUnclaimed();
    this.#cache.beginEpoch();
    const { keyGroups, fileBytes, yieldToEventLoop, folder, incarnation } = this.options;
    const isClosed = (): boolean => this.#isClosed;
    const origin: SnapshotOrigin = {
      checkpoint,
      database: this.#database,
      keyGroups,
      get isClosed() {
        return isClosed();
      },
      saved: async (snapshot) => {
        while (this.#pending === snapshot) {
          this.#saveSlice();
          await yieldToEventLoop();
        }
      },
    };
    const states = this.#tables.opened;
    const snapshot =
      type === 'savepoint'
        ? new RocksSavepoint(origin, states, fileBytes, yieldToEventLoop)
        : new RocksSnapshot(
            origin,
            states,
            this.#shipped,
            this.#shipped.onBase(base),
            join(folder, `frozen-${checkpoint}`),
            `${incarnation}-${checkpoint}`,
          );
    this.#pending = snapshot;
    return snapshot;
  }

  checkpointComplete(checkpoint: number): void {
    this.#shipped.completed(checkpoint);
  }

  checkpointAborted(checkpoint: number): void {
    this.#shipped.aborted(checkpoint);
  }

  get memoryBytes(): number {
    return this.#cache.bytes + this.#database.memoryBytes;
  }

  async close(): Promise<void> {
    // A snapshot that is still being saved goes on between frames: it finds that there is nothing to be saved any more.
    this.#isClosed = true;
    this.#pending = undefined;
    await this.#database.close();
    await rm(this.options.folder, { recursive: true, force: true });
  }
}
