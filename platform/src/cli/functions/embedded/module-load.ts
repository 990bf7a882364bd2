/**
 * Watches a module while it is loaded: says that it is not ready yet, and why that may be, and ends what never is.
 *
 * The thread cannot say it by itself: at its top level a loop holds it, or an `await` has it wait for ever.
 */
import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';
import { renderDuration } from '../../../common/duration-text.js';

export interface LoadLimits {
  /** Until it is said that a module is not ready. */
  readonly tellMs: number;
  /** Until it is given up. */
  readonly endMs: number;
}

const TELL_MS_MIN = 10_000;
const END_MS_MIN = 60_000;
/** Of its time. Below it, what is loaded waits for something. */
const BUSY = 0.5;
/** Node's, of a process that has nothing left to do while its top level waits. */
const UNSETTLED = 13;

/** @param timeoutMs of the endpoint's calls: who gives those much time has much to load, too */
export function loadLimits(timeoutMs: number): LoadLimits {
  return { tellMs: Math.max(TELL_MS_MIN, timeoutMs), endMs: Math.max(END_MS_MIN, 2 * timeoutMs) };
}

/** Why a thread has ended by itself before its module was ready. */
export function endOfLoad(exitCode: number): string {
  if (exitCode === UNSETTLED) return 'its top level has not ended: it awaits what nothing can bring any more';
  return endOfThread(exitCode);
}

export function endOfThread(exitCode: number): string {
  return `its thread has ended with the code ${exitCode}, as process.exit() does`;
}

export class ModuleLoad {
  readonly #timers: readonly NodeJS.Timeout[];
  #before: EventLoopUtilization | undefined;

  constructor(
    private readonly thread: Worker,
    { tellMs, endMs }: LoadLimits,
    tell: (what: string) => void,
    end: (what: string) => void,
  ) {
    const rest = renderDuration(endMs - tellMs);
    const what = (ms: number): string => `its top level has not ended after ${renderDuration(ms)}: ${this.#why()}`;
    this.#timers = [
      setTimeout(() => tell(`the module is not ready, ${what(tellMs)}; in another ${rest} the job fails`), tellMs),
      setTimeout(() => end(what(endMs)), endMs),
    ];
  }

  stop(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
  }

  /** What it has done since it was last asked. */
  #why(): string {
    const { eventLoopUtilization } = this.thread.performance;
    const now = eventLoopUtilization();
    const { utilization, active, idle } = this.#before === undefined ? now : eventLoopUtilization(now, this.#before);
    this.#before = now;
    // Before its loop runs at all a thread does nothing but work.
    const isBusy = active + idle === 0 || utilization > BUSY;
    return isBusy ? 'it holds its thread, as an endless loop does' : 'it awaits something that does not come';
  }
}
