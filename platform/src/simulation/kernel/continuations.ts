/**
 * Tells which events may have left something that goes on by itself: continuations of promises.
 *
 * Invariants
 * - As long as no promise is made and none settles, nothing is enqueued that could go on: whoever awaits has made a promise
 *   by that, and one that waited goes on only when what it waits for settles.
 * - Not seen is an event that gives a promise another one to settle with. Ports settle theirs with plain values.
 */
import { promiseHooks } from 'node:v8';

let promises = 0;
const count = (): void => {
  promises++;
};

export class Continuations {
  #seen = promises;
  readonly #stop = promiseHooks.createHook({ init: count, settled: count });

  /** Whether promises were made or have settled since it was last asked, or since the beginning. */
  takeAny(): boolean {
    const any = promises !== this.#seen;
    this.#seen = promises;
    return any;
  }

  /** To be called at the end: while somebody watches, every promise of the thread costs a little more. */
  close(): void {
    (this.#stop as () => void)();
  }
}
