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
import { HeapSnapshot } from './heap-snapshot.js';
import { HeapTables } from './heap-tables.js';

export class HeapKeyedStore implements KeyedStore {
  readonly #states: KeyedStates;
  readonly #tables: HeapTables;

  /** @param restored what a snapshot held of these key groups */
  constructor(
    private readonly options: KeyedStoreOptions,
    private readonly restored?: RestoredState,
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

  drain(): void {
    this.#states.sweep();
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
    return Promise.resolve();
  }
}
