/**
 * The consumer's end of a ring between two threads.
 *
 * Invariants
 * - Elements are read where they lie, and their bytes given free only then. Ahead of its turn an element is taken out only
 *   for an announced barrier, or for want of room for its end; that gives room, but no credit.
 */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { ArrivedElements } from '../arrived-elements.js';
import { readBarrier } from '../barrier-codec.js';
import type { Announcement, InputChannel } from '../channel.js';
import { ChannelError } from '../channel-error.js';
import type { ElementReader } from '../element-ends.js';
import type { StreamElement } from '../element.js';
import type { Bell } from './doorbell.js';
import { ahead, CELL, LENGTH_BYTES, paddedBytes, PRODUCER_WAITS, type RingMemory } from './ring-memory.js';

interface PartialElement {
  /** With its padding. */
  readonly bytes: Uint8Array;
  readonly length: number;
  filled: number;
}

export class RingInputChannel implements InputChannel {
  readonly #arrived: ArrivedElements;
  /** Bytes in the stream of each element in `#arrived`, in order. */
  readonly #sizes: number[] = [];
  /** An element that has come in part, and how much of it has. */
  #partial: PartialElement | undefined;
  #read = 0;
  #released = 0;
  /** As last seen: looked at again when it is reached. */
  #written = 0;
  #seenAnnouncement = 0;

  /** @param producer rung when the producer waits for what was given free */
  constructor(
    private readonly memory: RingMemory,
    reader: ElementReader,
    private readonly producer: Bell,
    private readonly elementBytesMax: number,
  ) {
    this.#arrived = new ArrivedElements(reader);
  }

  poll(): StreamElement | undefined {
    if (this.#arrived.length === 0 && !this.#take(false)) return undefined;
    const element = this.#arrived.poll();
    this.#released = (this.#released + this.#sizes.shift()!) >>> 0;
    this.#giveFree();
    return element;
  }

  announced(): Announcement | undefined {
    if (Atomics.load(this.memory.cells, CELL.announcementVersion) !== this.#seenAnnouncement) this.#readAnnouncement();
    const announcement = this.#arrived.announced();
    if (announcement === undefined || announcement.arrived) return announcement;
    while (this.#arrived.announced()?.arrived === false && this.#take(true)) this.#giveFree();
    return this.#arrived.announced();
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.#arrived.beforeAnnounced();
  }

  /**
   * Takes the next element out of the ring.
   * @param ahead of its turn: its bytes are copied
   * @returns whether it has come whole
   */
  #take(isAhead: boolean): boolean {
    if (this.#partial !== undefined) return this.#takePartial(this.#partial);
    if (!this.#has(LENGTH_BYTES)) return this.#isMoreComing() && this.#take(isAhead);
    const length = new ByteReader(this.#bytes(this.#read, LENGTH_BYTES)).uint32();
    if (length > this.elementBytesMax) throw new ChannelError('malformed', `an element of ${length} bytes begins`);
    const size = LENGTH_BYTES + paddedBytes(length);
    if (!this.#has(size)) return this.#takeBeginning(length);
    const bytes = this.#bytes(this.#read + LENGTH_BYTES, length);
    this.#arrived.push(isAhead ? Uint8Array.prototype.slice.call(bytes) : bytes);
    this.#pass(size);
    this.#sizes.push(size);
    return true;
  }

  #takeBeginning(length: number): boolean {
    this.#pass(LENGTH_BYTES);
    this.#partial = { bytes: new Uint8Array(paddedBytes(length)), length, filled: 0 };
    return this.#takePartial(this.#partial);
  }

  #takePartial(partial: PartialElement): boolean {
    const { bytes, filled, length } = partial;
    this.#has(bytes.length - filled);
    const count = Math.min(ahead(this.#written, this.#read), bytes.length - filled);
    bytes.set(this.#bytes(this.#read, count), filled);
    partial.filled += count;
    this.#pass(count);
    if (partial.filled < bytes.length) {
      this.#giveFree();
      return this.#isMoreComing() && this.#takePartial(partial);
    }
    this.#arrived.push(bytes.subarray(0, length));
    this.#sizes.push(LENGTH_BYTES + bytes.length);
    this.#partial = undefined;
    return true;
  }

  #has(bytes: number): boolean {
    if (ahead(this.#written, this.#read) >= bytes) return true;
    this.#written = Atomics.load(this.memory.cells, CELL.written) >>> 0;
    return ahead(this.#written, this.#read) >= bytes;
  }

  /** Says that we wait, and looks once more: the producer may have published without seeing it. */
  #isMoreComing(): boolean {
    const { cells } = this.memory;
    const before = this.#written;
    Atomics.store(cells, CELL.consumerWaits, 1);
    this.#written = Atomics.load(cells, CELL.written) >>> 0;
    return this.#written !== before;
  }

  #pass(bytes: number): void {
    this.#read = (this.#read + bytes) >>> 0;
  }

  /** Bytes of the stream: where they lie, or a copy of what goes over the end. */
  #bytes(position: number, length: number): Uint8Array {
    const { bytes, capacity } = this.memory;
    const at = position & (capacity - 1);
    const first = bytes.subarray(at, Math.min(at + length, capacity));
    if (first.length === length) return first;
    const whole = new Uint8Array(length);
    whole.set(first);
    whole.set(bytes.subarray(0, length - first.length), first.length);
    return whole;
  }

  #giveFree(): void {
    const { cells, capacity } = this.memory;
    Atomics.store(cells, CELL.read, this.#read | 0);
    Atomics.store(cells, CELL.released, this.#released | 0);
    const waits = Atomics.load(cells, CELL.producerWaits);
    if (waits === PRODUCER_WAITS.nothing) return;
    // Not for every element: threads would wake each other over and over.
    const isEnough =
      waits === PRODUCER_WAITS.room
        ? ahead(this.#written, this.#read) <= (capacity / 4) * 3
        : ahead(this.#written, this.#released) <= capacity / 4;
    if (isEnough && Atomics.compareExchange(cells, CELL.producerWaits, waits, PRODUCER_WAITS.nothing) === waits)
      this.producer.ring();
  }

  #readAnnouncement(): void {
    const { cells, announcement } = this.memory;
    const version = Atomics.load(cells, CELL.announcementVersion);
    // It is being written: the producer rings when it is there.
    if (version % 2 !== 0) return;
    const bytes = announcement.slice(0, Atomics.load(cells, CELL.announcementBytes));
    if (Atomics.load(cells, CELL.announcementVersion) !== version) return;
    this.#seenAnnouncement = version;
    const reader = new ByteReader(bytes);
    this.#arrived.announce(readBarrier(reader), reader.varint());
  }
}
