/** What a stretch of network may do to the bytes on their way. */
import type { Way } from './tcp-proxy.js';

/** Nothing passes any more. */
export const NOTHING: Way = () => undefined;

/** The first so many bytes, and then what the function makes of each piece. */
export function after(count: number, then: Way): Way {
  let left = count;
  return (bytes, pass, from) => {
    const first = bytes.subarray(0, left);
    left -= first.length;
    if (first.length > 0) pass(first);
    if (first.length < bytes.length) then(bytes.subarray(first.length), pass, from);
  };
}

/** One thing at a time, each as long as it takes, ms. */
export function inTurn(delayMs: (bytes: Buffer) => number): Way {
  let last = Promise.resolve();
  return (bytes, pass) => {
    last = last.then(() => new Promise((resolve) => setTimeout(resolve, delayMs(bytes)))).then(() => pass(bytes));
  };
}

/** The next piece of at least so many bytes passes with one of them changed; told of it once. */
export function flipped(bytesMin: number, done: () => void): Way {
  let isDone = false;
  return (bytes, pass) => {
    if (isDone || bytes.length < bytesMin) return pass(bytes);
    isDone = true;
    const harmed = Buffer.from(bytes);
    harmed[harmed.length >> 1]! ^= 4;
    pass(harmed);
    done();
  };
}

/** A link that is down: what comes waits, and passes in order when it is up again. */
export class Stalled {
  readonly #held: (() => void)[] = [];
  #isUp = false;

  /** To be used in one direction of one stretch, or of several. */
  readonly way: Way = (bytes, pass) => {
    if (this.#isUp) pass(bytes);
    else this.#held.push(() => pass(bytes));
  };

  up(): void {
    this.#isUp = true;
    for (const pass of this.#held.splice(0)) pass();
  }
}
