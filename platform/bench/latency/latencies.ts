/** How late events came, in memory that the threads of a worker share. */
import type { JobVertex } from '../../src/job/job-graph.js';
import type { Operator } from '../../src/operators/operator.js';
import { subtaskOf } from '../../src/record/key.js';
import type { StreamRecord } from '../../src/record/stream-record.js';
import type { ChainBuilder } from '../../src/taskmanager/chain-builder.js';
import type { OperatorFactory, OperatorState } from '../../src/taskmanager/rule-operators.js';
import { MAX_PARALLELISM } from '../pipeline/graph.js';
import type { PipelineEvent } from '../pipeline/events.js';
import { monotonicMs } from './paced-source.js';

export class Latencies {
  readonly #count: Int32Array;
  readonly #ms: Float64Array;

  constructor(
    readonly memory: SharedArrayBuffer,
    most: number,
  ) {
    this.#count = new Int32Array(memory, 0, 1);
    this.#ms = new Float64Array(memory, 8, most);
  }

  static allocate(most: number): Latencies {
    return new Latencies(new SharedArrayBuffer(8 * (most + 1)), most);
  }

  add(ms: number): void {
    this.#ms[Atomics.add(this.#count, 0, 1)] = ms;
  }

  /** In the order in which they came. */
  all(): number[] {
    return [...this.#ms.subarray(0, this.#count[0])];
  }
}

/** Notes how late the events are that have come from the other process: those of the second subtask. */
export class LatencyOperators implements OperatorFactory {
  constructor(private readonly latencies: Latencies) {}

  keepsKeyedState({ operator }: JobVertex): boolean {
    return operator.kind === 'rules';
  }

  create({ parallelism }: JobVertex, _build: ChainBuilder, { keyGroups }: OperatorState): Operator {
    const isFar = subtaskOf(keyGroups.first, MAX_PARALLELISM, parallelism) === 1;
    return {
      process: (_, record: StreamRecord) => {
        if (isFar) this.latencies.add(monotonicMs() - (record.value as unknown as PipelineEvent).amount);
      },
      watermark: () => undefined,
    };
  }
}
