/**
 * Epoch milliseconds with fractions, for spans that are shorter than a millisecond.
 *
 * Invariants
 * - Times of one clock do not go back, but where the machine's clock was set.
 */
import type { Clock } from '../common/clock.js';

/** The machine's clock was set, or is made to go faster or slower. */
const JUMP_MS = 5;

export class SpanClock {
  /** Of the monotonic clock to the epoch. */
  #offset = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Pick<Clock, 'now' | 'monotonic'>) {}

  now(): number {
    const monotonic = this.clock.monotonic();
    // The clock has cut fractions off: of all that are seen the greatest is the nearest.
    const offset = this.clock.now() - monotonic;
    if (offset > this.#offset || offset < this.#offset - JUMP_MS) this.#offset = offset;
    return monotonic + this.#offset;
  }
}
