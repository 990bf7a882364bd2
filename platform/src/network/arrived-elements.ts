/**
 * The consumer's end of a channel whose elements come as bytes: elements that have come whole, decoded when they are
 * asked for, and the announced barrier among them. A barrier's place is a number of elements: those before it, since the
 * channel began. So it stands between elements even where frames of bytes do not.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { Announcement } from './channel.js';
import type { ElementReader } from './element-ends.js';
import type { StreamElement } from './element.js';

export class ArrivedElements {
  /** Bytes, or the element that they were. */
  #queue: (Uint8Array | StreamElement)[] = [];
  #head = 0;
  #polled = 0;
  #announced: { readonly barrier: CheckpointBarrier; readonly place: number } | undefined;

  constructor(private readonly reader: ElementReader) {}

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** @param bytes kept: nobody may write to them */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** @param place how many elements come before the barrier, from the first one on */
  announce(barrier: CheckpointBarrier, place: number): void {
    const isOld = this.#announced !== undefined && barrier.checkpoint <= this.#announced.barrier.checkpoint;
    if (!isOld && place >= this.#polled) this.#announced = { barrier, place };
  }

  poll(): StreamElement | undefined {
    if (this.length === 0) return undefined;
    const element = this.#decoded(this.#head++);
    this.#polled++;
    if (this.length === 0) {
      this.#queue = [];
      this.#head = 0;
    }
    if (this.#announced !== undefined && this.#polled > this.#announced.place) this.#announced = undefined;
    return element;
  }

  announced(): Announcement | undefined {
    if (this.#announced === undefined) return undefined;
    const { barrier, place } = this.#announced;
    return { barrier, arrived: this.#polled + this.length >= place };
  }

  beforeAnnounced(): readonly StreamElement[] {
    if (this.#announced === undefined) return [];
    const count = this.#announced.place - this.#polled;
    return Array.from({ length: count }, (_, i) => this.#decoded(this.#head + i));
  }

  #decoded(index: number): StreamElement {
    const entry = this.#queue[index]!;
    if (!(entry instanceof Uint8Array)) return entry;
    return (this.#queue[index] = this.reader.read(entry));
  }
}
