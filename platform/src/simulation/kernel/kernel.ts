/**
 * The discrete-event loop of a simulated world: it takes the soonest event, moves the virtual clock to it and runs it.
 *
 * Invariants
 * - One event runs at a time, and everything that happens, happens in one: so the seed decides every interleaving.
 * - Time stands still while an event runs and never goes back.
 * - Events are plain calls. Where a part of the world awaits a promise, nothing else happens before every continuation
 *   that can run has run. Events that had to do with no promise follow each other at once.
 */
import { Continuations } from './continuations.js';
import { EventQueue, type ScheduledEvent } from './event-queue.js';
import type { SeededRandom } from './seeded-random.js';
import type { Trace } from './trace.js';

interface KernelEvent extends ScheduledEvent {
  /** Undefined when it was cancelled. */
  run: (() => void) | undefined;
}

/** Why the loop stopped. */
export type KernelStop = 'done' | 'nothing-to-do' | 'too-many-events' | 'too-late';

export interface KernelLimits {
  readonly eventsMax: number;
  /** Virtual milliseconds. */
  readonly timeMax: number;
}

/** Node begins the next tick when no continuation is left, if a continuation asks for it. */
async function whenNothingContinues(): Promise<void> {
  await SETTLED;
  await new Promise<void>((resolve) => process.nextTick(resolve));
}

const SETTLED = Promise.resolve();

export class Kernel {
  readonly #queue = new EventQueue<KernelEvent>();
  #now = 0;
  #sequence = 0;
  #events = 0;

  constructor(
    readonly random: SeededRandom,
    readonly trace: Trace,
  ) {}

  /** Virtual milliseconds since the world began, with fractions. */
  get now(): number {
    return this.#now;
  }

  /** How many events have run. */
  get events(): number {
    return this.#events;
  }

  /** Runs `run` in `ms`; the returned function cancels. */
  schedule(ms: number, run: () => void): () => void {
    return this.scheduleAt(this.#now + Math.max(0, ms), run);
  }

  /** Runs `run` at `time`, which is not past; what is given one time happens in the order in which it was given. */
  scheduleAt(time: number, run: () => void): () => void {
    const event: KernelEvent = { time, sequence: this.#sequence++, run };
    this.#queue.push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** @param done asked between events */
  async run(done: () => boolean, limits: KernelLimits): Promise<KernelStop> {
    const continuations = new Continuations();
    try {
      for (;;) {
        await whenNothingContinues();
        continuations.takeAny();
        let stop: KernelStop | undefined;
        do stop = done() ? 'done' : this.#runSoonest(limits);
        while (stop === undefined && !continuations.takeAny());
        if (stop !== undefined) return stop;
      }
    } finally {
      continuations.close();
    }
  }

  /** @returns why no event may run; undefined when one has */
  #runSoonest({ eventsMax, timeMax }: KernelLimits): KernelStop | undefined {
    for (;;) {
      const event = this.#queue.soonest;
      if (event === undefined) return 'nothing-to-do';
      if (event.time > timeMax) return 'too-late';
      if (this.#events >= eventsMax) return 'too-many-events';
      this.#queue.pop();
      if (event.run === undefined) continue;
      this.#now = event.time;
      this.#events++;
      event.run();
      return undefined;
    }
  }
}
