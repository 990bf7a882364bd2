/**
 * Which message holds the thread, also behind an `await`: whatever promises a handler makes while it runs are its own, and so is
 * what goes on when they are settled.
 *
 * Invariants
 * - A handler that makes no promise pays nothing for it.
 * - What comes by other ways than promises, as a timer's callback does, or what a connection receives that several share, holds
 *   the thread without a name: rather nobody is named than the wrong one.
 * - The beat does not change with what runs behind an `await`: an endless chain of those holds the thread as a loop does.
 */
import { promiseHooks } from 'node:v8';
import type { Progress, RunningMessage } from './progress.js';

/** Of a promise, by whose message it was made. */
const MADE_BY = Symbol('made by');
interface Marked extends Promise<unknown> {
  [MADE_BY]?: RunningMessage;
}

export class ThreadHolder {
  #now: RunningMessage | undefined;

  /** One for a thread. */
  constructor(private readonly progress: Progress) {
    promiseHooks.createHook({
      init: (promise: Marked) => {
        if (this.#now !== undefined) promise[MADE_BY] = this.#now;
      },
      before: (promise: Marked) => {
        const madeBy = promise[MADE_BY];
        if (madeBy === undefined) return;
        this.#now = madeBy;
        progress.name(madeBy);
      },
      after: () => {
        if (this.#now === undefined) return;
        this.#now = undefined;
        progress.unname();
      },
    });
  }

  /** @param message may come to be another one of its batch, with a word here */
  run(message: RunningMessage): void {
    this.#now = message;
    this.progress.run(message);
  }

  rest(): void {
    this.#now = undefined;
    this.progress.rest();
  }
}
