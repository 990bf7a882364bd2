/** The time of the simulated cluster: what happens happens in the order of its time, ties in the order in which they were given. */
import type { Clock } from '../../src/common/clock.js';
import { EventQueue, type ScheduledEvent } from '../../src/simulation/kernel/event-queue.js';

interface Happening extends ScheduledEvent {
  /** Undefined: it was cancelled. */
  run: (() => void) | undefined;
}

export class VirtualTime implements Clock {
  readonly #queue = new EventQueue<Happening>();
  #now = 0;
  #sequence = 0;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  schedule(ms: number, run: () => void): () => void {
    const happening: Happening = { time: this.#now + ms, sequence: this.#sequence++, run };
    this.#queue.push(happening);
    return () => (happening.run = undefined);
  }

  /** Lets things happen until it is so. @returns the virtual ms that it took @throws when it is not so after `limitMs` */
  until(isSo: () => boolean, limitMs: number): number {
    const begun = this.#now;
    while (!isSo()) {
      const next = this.#queue.pop();
      if (next === undefined || next.time > begun + limitMs)
        throw new Error(`it is not so after ${limitMs} virtual ms`);
      this.#now = next.time;
      next.run?.();
    }
    return this.#now - begun;
  }

  /** Lets so much time pass. */
  pass(ms: number): void {
    let isOver = false;
    this.schedule(ms, () => (isOver = true));
    this.until(() => isOver, ms + 1);
  }
}
