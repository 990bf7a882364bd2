/** Keyed state in memory: a Map for each state. Lost with the process, but for its snapshots. */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateDescription } from '../../job/state-handle.js';
import { KeyedStates } from '../kinds/keyed-states.js';
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
import type { RestoredState } from '../restore/restored-state.js';
import type { KeyedStoreOptions } from '../state-backend.js';
import type { HeapShare } from './heap-budget.js';
import { HeapSnapshot } from './heap-snapshot.js';
import { HeapTables } from './heap-tables.js';

/** Frames between two looks at how much there is. */
const FRAMES_A_COUNT = 64;
/** Entries of each state that one frame looks at for being expired. */
const SWEPT_ENTRIES = 64;

export class HeapKeyedStore implements KeyedStore {
  readonly #states: KeyedStates;
  readonly #tables: HeapTables;

  #frames = 0;

  /**
   * @param restored what a snapshot held of these key groups
   * @param share of the memory for state; absent: as much as there is
   */
  constructor(
    private readonly options: KeyedStoreOptions,
    private readonly restored?: RestoredState,
    private readonly share?: HeapShare,
  ) {
    this.#tables = new HeapTables(restored);
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
    return this.restored?.unclaimed() ?? [];
  }

  /** @throws TidegateError TG427 when there is more state than memory for it */
  drain(): void {
    this.#states.sweep(SWEPT_ENTRIES);
    if (this.#frames++ % FRAMES_A_COUNT === 0) this.share?.set(this.memoryBytes);
  }

  /** Checkpoints and savepoints are the same here: each is whole. */
  snapshot({ checkpoint }: Pick<CheckpointBarrier, 'checkpoint'>): HeapSnapshot {
    return new HeapSnapshot(this.#tables.all, { ...this.options, checkpoint });
  }

  checkpointComplete(): void {}

  checkpointAborted(): void {}

  get memoryBytes(): number {
    return this.#tables.all.reduce((bytes, table) => bytes + table.memoryBytes, 0);
  }

  close(): Promise<void> {
    this.share?.set(0);
    return Promise.resolve();
  }
}
