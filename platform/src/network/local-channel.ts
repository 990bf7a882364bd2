/**
 * A channel between two tasks of one thread: a queue of elements that both ends share, bounded in what it gives credit for.
 *
 * Invariants
 * - Elements leave in the order in which they came.
 * - What was pushed is at the consumer's end at once, so a queue may pass its bound by the output of one step.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { Announcement, InputChannel, OutputChannel } from './channel.js';
import type { StreamElement } from './element.js';

const FRAMES_MAX = 16;

export class LocalChannel implements InputChannel, OutputChannel {
  #queue: StreamElement[] = [];
  #head = 0;
  #announced: Announcement | undefined;
  /** How many elements lie before the announced barrier. */
  #before = 0;

  hasCredit(): boolean {
    return this.length < FRAMES_MAX;
  }

  push(element: StreamElement): void {
    this.#queue.push(element);
  }

  announce(barrier: CheckpointBarrier): void {
    this.#announced = { barrier, arrived: true };
    this.#before = this.length;
    this.push({ kind: 'barrier', barrier });
  }

  /** What was pushed is there. */
  flush(): boolean {
    return true;
  }

  usage(): number {
    return Math.min(1, this.length / FRAMES_MAX);
  }

  poll(): StreamElement | undefined {
    if (this.#head === this.#queue.length) return undefined;
    const element = this.#queue[this.#head++];
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    if (this.#announced !== undefined && this.#before-- === 0) this.#announced = undefined;
    return element;
  }

  announced(): Announcement | undefined {
    return this.#announced;
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.#announced === undefined ? [] : this.#queue.slice(this.#head, this.#head + this.#before);
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }
}
