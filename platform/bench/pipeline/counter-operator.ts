/** Counts the events of each key in a ValueState, and discards (key, count) behind itself; `sum` proves that it counted. */
import type { JobVertex } from '../../src/job/job-graph.js';
import type { Operator } from '../../src/operators/operator.js';
import type { Key } from '../../src/record/key.js';
import type { StreamRecord } from '../../src/record/stream-record.js';
import { plainValueCodec } from '../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore, ValueState } from '../../src/state/keyed-store.js';
import type { OperatorFactory, OperatorState } from '../../src/taskmanager/rule-operators.js';
import type { ChainBuilder } from '../../src/taskmanager/chain-builder.js';

/** What became of the counts, of all subtasks. */
export interface Discarded {
  sum: number;
}

class CounterOperator implements Operator {
  readonly #counts: ValueState<number>;

  constructor(
    store: KeyedStore,
    private readonly discarded: Discarded,
  ) {
    this.#counts = store.value({ owner: 'counter', name: 'count', codec: plainValueCodec<number>() });
  }

  process(_input: number, _record: StreamRecord, key: Key | undefined): void {
    const count = (this.#counts.get(key!) ?? 0) + 1;
    this.#counts.put(key!, count);
    this.discarded.sum += count;
  }

  watermark(): void {}
}

export class CounterOperators implements OperatorFactory {
  constructor(private readonly discarded: Discarded) {}

  keepsKeyedState({ operator }: JobVertex): boolean {
    return operator.kind === 'rules';
  }

  create(_vertex: JobVertex, _build: ChainBuilder, { store }: OperatorState): Operator {
    if (store === undefined) throw new Error('the counter has no store');
    return new CounterOperator(store, this.discarded);
  }
}
