/** Counts the events of each key in a ValueState, and discards (key, count) behind itself; the tally proves that it counted. */
import type { JobVertex } from '../../src/job/job-graph.js';
import type { Operator } from '../../src/operators/operator.js';
import { subtaskOf, type Key } from '../../src/record/key.js';
import type { StreamRecord } from '../../src/record/stream-record.js';
import { plainValueCodec } from '../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore, ValueState } from '../../src/state/keyed-store.js';
import type { OperatorFactory, OperatorState } from '../../src/taskmanager/rule-operators.js';
import type { ChainBuilder } from '../../src/taskmanager/chain-builder.js';
import { MAX_PARALLELISM } from './graph.js';
import type { Tally } from './tally.js';

class CounterOperator implements Operator {
  readonly #counts: ValueState<number>;

  constructor(
    store: KeyedStore,
    private readonly subtask: number,
    private readonly tally: Tally,
  ) {
    this.#counts = store.value({ owner: 'counter', name: 'count', codec: plainValueCodec<number>() });
  }

  process(_input: number, _record: StreamRecord, key: Key | undefined): void {
    const count = (this.#counts.get(key!) ?? 0) + 1;
    this.#counts.put(key!, count);
    this.tally.addCount(this.subtask, count);
  }

  watermark(): void {}
}

export class CounterOperators implements OperatorFactory {
  constructor(private readonly tally: Tally) {}

  keepsKeyedState({ operator }: JobVertex): boolean {
    return operator.kind === 'rules';
  }

  create({ parallelism }: JobVertex, _build: ChainBuilder, { keyed: store, keyGroups }: OperatorState): Operator {
    if (store === undefined) throw new Error('the counter has no store');
    return new CounterOperator(store, subtaskOf(keyGroups.first, MAX_PARALLELISM, parallelism), this.tally);
  }
}
