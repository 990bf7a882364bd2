/**
 * A clock that stands still until it is told to go on: for `tests:` in an application file, unit tests, simulation.
 *
 * Invariants
 * - Callbacks run in the order of their due times, ties in the order of scheduling, inside `advanceTo`.
 */
import type { Clock } from './clock.js';

interface Scheduled {
  readonly due: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  #now: number;
  #scheduled: Scheduled[] = [];

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): () => void {
    const entry = { due: this.#now + Math.max(0, ms), callback };
    this.#scheduled.push(entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== entry);
    };
  }

  /** Moves to `time` (epoch milliseconds; never back) and runs what is due on the way. */
  advanceTo(time: number): void {
    for (;;) {
      let next: Scheduled | undefined;
      for (const entry of this.#scheduled) {
        if (entry.due <= time && (next === undefined || entry.due < next.due)) next = entry;
      }
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.due);
      this.#scheduled = this.#scheduled.filter((other) => other !== next);
      next.callback();
    }
    this.#now = Math.max(this.#now, time);
  }
}
