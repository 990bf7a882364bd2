/**
 * Watches a slot in another thread for a step that does not end: one record takes that long, or something waits that must
 * not. It is the cause of what is seen elsewhere (a checkpoint that times out, a source that stands still), and so named.
 *
 * Invariants
 * - A step is told of when it has lasted for the limit, and each time that doubles, however often the watch looks.
 */
import type { Clock } from '../../common/clock.js';
import type { StepCell } from './step-cell.js';

export interface LongStep {
  /** Position of its vertex in the job. */
  readonly task: number;
  readonly seconds: number;
}

export class StepWatch {
  #step: number | undefined;
  /** `Clock.monotonic()` when the step was seen first. */
  #since = 0;
  #dueMs: number;

  constructor(
    private readonly cell: StepCell,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly limitMs: number,
  ) {
    this.#dueMs = limitMs;
  }

  /** @returns a step that is to be told of now */
  look(): LongStep | undefined {
    const now = this.clock.monotonic();
    const step = this.cell.now();
    if (step === undefined || step.step !== this.#step) {
      this.#step = step?.step;
      this.#since = now;
      this.#dueMs = this.limitMs;
      return undefined;
    }
    const lasted = now - this.#since;
    if (lasted < this.#dueMs) return undefined;
    this.#dueMs *= 2;
    return { task: step.task, seconds: Math.floor(lasted / 1000) };
  }
}
