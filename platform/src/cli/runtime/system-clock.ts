/** The machine's own clock and timers: the one door to real time. */
import type { Clock } from '../../common/clock.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Work in pieces goes on for so long before others have their turn, ms: as long as a turn of a slot. */
const WORK_MS = 2;

/** Lets timers, I/O and signals have their turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * For pieces of work of which each takes less than a turn: most calls go on at once. Else a turn of the event loop, in which tasks work
 * for milliseconds, would lie between pieces of tenths of them.
 */
export function nowAndThen(yieldToOthers: () => Promise<void>): () => Promise<void> {
  let since = -Infinity;
  return async () => {
    if (performance.now() - since < WORK_MS) return;
    await yieldToOthers();
    since = performance.now();
  };
}
