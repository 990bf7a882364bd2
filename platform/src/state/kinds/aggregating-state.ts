/** A value that grows by an accumulator, which alone is stored. */
import type { Key } from '../../record/key.js';
import type { AggregatingState, Aggregator, ValueState } from '../keyed-store.js';

export class TableAggregatingState<I, A, O> implements AggregatingState<I, O> {
  constructor(
    private readonly accumulators: ValueState<A>,
    private readonly aggregator: Aggregator<I, A, O>,
  ) {}

  get(key: Key): O | undefined {
    const accumulator = this.accumulators.get(key);
    return accumulator === undefined ? undefined : this.aggregator.result(accumulator);
  }

  add(key: Key, value: I): void {
    const accumulator = this.accumulators.get(key) ?? this.aggregator.create();
    this.accumulators.put(key, this.aggregator.add(accumulator, value));
  }

  delete(key: Key): void {
    this.accumulators.delete(key);
  }
}
