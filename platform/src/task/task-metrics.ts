/**
 * What a task counts of itself, in steps of frames and batches: nothing is counted for each record.
 *
 * Invariants
 * - What a task says as of now (its watermark, how full its channels are) it says no more when it is closed.
 */
import type { Counter, MetricRegistry } from '../metrics/registry.js';
import { MAX_WATERMARK } from '../time/watermark.js';

export class TaskMetrics {
  readonly recordsIn: Counter;
  readonly recordsOut: Counter;
  /** Epoch milliseconds; 0: none yet. */
  #watermark = 0;
  readonly #endings: (() => void)[] = [];

  /** @param task `TASK[SUBTASK]` */
  constructor(
    private readonly task: string,
    private readonly registry: MetricRegistry,
  ) {
    this.recordsIn = registry.counter(task, 'recordsIn');
    this.recordsOut = registry.counter(task, 'recordsOut');
    this.#endings.push(registry.gauge(task, 'watermark', () => this.#watermark));
  }

  /** The end of time is none of the stream's own. */
  advance(watermark: number): void {
    if (watermark !== MAX_WATERMARK) this.#watermark = watermark;
  }

  /** @param usage of the fullest channel of an edge, from 0 to 1 */
  watchChannel(edge: string, usage: () => number): void {
    this.#endings.push(this.registry.gauge(`${this.task}>${edge}`, 'usage', usage));
  }

  /** @param end of what else the task says as of now */
  endsWith(end: () => void): void {
    this.#endings.push(end);
  }

  close(): void {
    for (const end of this.#endings) end();
  }
}
