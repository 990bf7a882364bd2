/**
 * The time of a functions task: the wall clock as it was when the task began, and steady from there on. A machine's clock
 * that is set back while the task runs keeps nothing waiting, and one that is set forward sends nothing too early (as Flink
 * has its timers of processing time wait by a monotonic clock).
 */
import type { Clock } from '../common/clock.js';

export class ProcessingTime {
  readonly #offset: number;

  constructor(private readonly clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#offset = clock.now() - clock.monotonic();
  }

  /** Epoch milliseconds. */
  now(): number {
    return Math.floor(this.#offset + this.clock.monotonic());
  }
}
