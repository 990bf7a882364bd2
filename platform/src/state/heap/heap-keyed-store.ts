/** Keyed state in memory: a Map for each state. Lost with the process, but for its snapshots. */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
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
import type { KeyedSnapshot } from '../keyed-snapshot.js';
import type { KeyedStoreOptions } from '../state-backend.js';
import { HeapMapTable } from './heap-map-table.js';
import { HeapValueTable } from './heap-value-table.js';

export class HeapKeyedStore implements KeyedStore {
  readonly #states: KeyedStates;

  constructor(options: KeyedStoreOptions) {
    this.#states = new KeyedStates(
      { value: <T>() => new HeapValueTable<T>(), map: <V>() => new HeapMapTable<V>() },
      options.clock,
    );
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

  drain(): void {
    this.#states.sweep();
  }

  snapshot(barrier: CheckpointBarrier): KeyedSnapshot {
    throw new Error(`checkpoint ${barrier.checkpoint}: state on the heap cannot be written yet`);
  }

  checkpointComplete(): void {}

  checkpointAborted(): void {}

  get memoryBytes(): number {
    return 0;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
