/**
 * A channel between two tasks of one thread: a bounded queue of elements.
 *
 * Invariants
 * - Elements leave in the order in which they came.
 * - A producer asks `hasCredit` before it starts a frame or a record; what one record makes beyond that is the overflow,
 *   which is held too and never dropped, so a queue may pass its bound by the output of one step.
 */
import type { StreamElement } from './element.js';

const FRAMES_MAX = 16;

export class LocalChannel {
  #queue: StreamElement[] = [];
  #head = 0;

  /** Whether the producer may go on. */
  hasCredit(): boolean {
    return this.#queue.length - this.#head < FRAMES_MAX;
  }

  push(element: StreamElement): void {
    this.#queue.push(element);
  }

  /** The next element, if there is one. */
  poll(): StreamElement | undefined {
    if (this.#head === this.#queue.length) return undefined;
    const element = this.#queue[this.#head++];
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    return element;
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }
}
