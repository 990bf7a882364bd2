/**
 * A log of what strangers bring about, who may do so as often as they like.
 *
 * Invariants
 * - In a minute there are at most so many lines; how many were left out stands in the next.
 */
import type { Clock } from '../../common/clock.js';

const MINUTE_MS = 60_000;
const LINES_MAX = 10;

export class LimitedLog {
  #began = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #leftOut = 0;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly log: (message: string) => void,
  ) {}

  say(message: string): void {
    const now = this.clock.monotonic();
    if (now - this.#began >= MINUTE_MS) {
      this.#began = now;
      this.#lines = 0;
    }
    if (this.#lines === LINES_MAX) {
      this.#leftOut++;
      return;
    }
    this.#lines++;
    this.log(this.#leftOut === 0 ? message : `${message} (and ${this.#leftOut} more like this before)`);
    this.#leftOut = 0;
  }
}
