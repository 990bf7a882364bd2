/**
 * The producer's end of a ring between two threads: a stream of bytes in which each element stands behind its length.
 *
 * Invariants
 * - Bytes that the consumer has not taken out are never written over; what does not fit is held, in order.
 * - What was pushed is seen by the consumer at the next `flush`, or once it fills a quarter of the ring.
 */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { writeBarrier } from '../barrier-codec.js';
import type { OutputChannel } from '../channel.js';
import type { ElementWriter } from '../element-ends.js';
import { ElementPieces } from '../element-pieces.js';
import type { StreamElement } from '../element.js';
import type { Bell } from './doorbell.js';
import { ahead, CELL, paddedBytes, PRODUCER_WAITS, type RingMemory } from './ring-memory.js';

const PADDING = new Uint8Array(8);

export class RingOutputChannel implements OutputChannel {
  readonly #pieces: ElementPieces;
  readonly #length = new ByteWriter();
  readonly #announcement = new ByteWriter();
  /** Pieces of the stream that did not fit. */
  readonly #held: Uint8Array[] = [];
  /** What a consumer that waits is woken for, if nothing flushes before: waking a thread costs as much as many records. */
  readonly #publishBytes: number;
  #written = 0;
  #published = 0;
  #elements = 0;

  /**
   * @param consumer rung when the consumer waits for what has come
   * @param elementBytesMax of one element
   */
  constructor(
    private readonly memory: RingMemory,
    writer: ElementWriter,
    private readonly consumer: Bell,
    elementBytesMax: number,
  ) {
    this.#pieces = new ElementPieces(writer, elementBytesMax);
    this.#publishBytes = memory.capacity / 4;
  }

  hasCredit(): boolean {
    if (this.#isCreditLeft()) return true;
    // What the consumer does not see it cannot release.
    this.flush();
    this.#waitFor(this.#held.length > 0 ? PRODUCER_WAITS.room : PRODUCER_WAITS.credit);
    // The consumer may have released between the two looks, and not have seen that we wait.
    return this.#isCreditLeft();
  }

  #isCreditLeft(): boolean {
    const { cells, capacity } = this.memory;
    return this.#held.length === 0 && ahead(this.#written, Atomics.load(cells, CELL.released)) <= capacity / 2;
  }

  usage(): number {
    const { cells, capacity } = this.memory;
    const waiting = ahead(this.#written, Atomics.load(cells, CELL.released));
    return this.#held.length > 0 ? 1 : Math.min(1, waiting / (capacity / 2));
  }

  #waitFor(what: number): void {
    Atomics.store(this.memory.cells, CELL.producerWaits, what);
  }

  push(element: StreamElement): void {
    this.#pieces.write(element, (piece) => {
      this.#elements++;
      const padding = paddedBytes(piece.length) - piece.length;
      this.#length.reset();
      this.#length.uint32(piece.length);
      this.#length.uint32(0);
      this.#put(this.#length.view());
      this.#put(piece);
      if (padding > 0) this.#put(PADDING.subarray(0, padding));
    });
    if (ahead(this.#written, this.#published) >= this.#publishBytes) this.#publish();
  }

  announce(barrier: CheckpointBarrier): void {
    const place = this.#elements;
    this.push({ kind: 'barrier', barrier });
    this.#publish();
    this.#announce(barrier, place);
  }

  /** Shows the consumer all that was pushed, as far as there is room. Called again when the consumer has rung. */
  flush(): boolean {
    this.#writeHeld();
    this.#publish();
    return this.#held.length === 0;
  }

  #put(bytes: Uint8Array): void {
    const taken = this.#held.length > 0 ? 0 : this.#write(bytes);
    // A Buffer's own `slice` would not copy.
    if (taken < bytes.length) this.#held.push(Uint8Array.prototype.slice.call(bytes, taken));
  }

  #writeHeld(): void {
    let done = 0;
    for (; done < this.#held.length; done++) {
      const bytes = this.#held[done]!;
      const taken = this.#write(bytes);
      if (taken === bytes.length) continue;
      this.#held[done] = bytes.subarray(taken);
      break;
    }
    if (done > 0) this.#held.splice(0, done);
  }

  /** @returns how many bytes there was room for */
  #write(bytes: Uint8Array): number {
    const { cells, capacity, bytes: ring } = this.memory;
    let room = capacity - ahead(this.#written, Atomics.load(cells, CELL.read));
    if (room < bytes.length) {
      this.#waitFor(PRODUCER_WAITS.room);
      room = capacity - ahead(this.#written, Atomics.load(cells, CELL.read));
    }
    const taken = Math.min(room, bytes.length);
    const at = this.#written & (capacity - 1);
    const first = Math.min(taken, capacity - at);
    ring.set(bytes.subarray(0, first), at);
    if (first < taken) ring.set(bytes.subarray(first, taken), 0);
    this.#written = (this.#written + taken) >>> 0;
    return taken;
  }

  #publish(): void {
    if (this.#published === this.#written) return;
    this.#published = this.#written;
    const { cells } = this.memory;
    Atomics.store(cells, CELL.written, this.#written | 0);
    if (Atomics.exchange(cells, CELL.consumerWaits, 0) === 1) this.consumer.ring();
  }

  /** Behind the bytes before it, so that who sees the announcement sees them too. */
  #announce(barrier: CheckpointBarrier, place: number): void {
    const { cells, announcement } = this.memory;
    this.#announcement.reset();
    writeBarrier(barrier, this.#announcement);
    this.#announcement.varint(place);
    Atomics.add(cells, CELL.announcementVersion, 1);
    announcement.set(this.#announcement.view());
    Atomics.store(cells, CELL.announcementBytes, this.#announcement.length);
    Atomics.add(cells, CELL.announcementVersion, 1);
    this.consumer.ring();
  }
}
