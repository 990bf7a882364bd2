/**
 * The memory that the two ends of a ring share: cells that both read and one writes, a place for the youngest announcement,
 * and the bytes.
 *
 * Invariants
 * - Positions count bytes since the ring began, modulo 2^32: RELEASED <= READ <= WRITTEN <= READ + capacity. Only the
 *   producer writes WRITTEN, only the consumer the others.
 * - A ring belongs to one attempt.
 * - Elements begin at multiples of 8, each behind its length.
 */
import { invariant } from '../../common/errors.js';

/** Indices of 32-bit cells; what different threads write lies in different cache lines. */
export const CELL = {
  attempt: 0,
  /** How far the consumer may read. */
  written: 16,
  /** Odd while the announcement is being written. */
  announcementVersion: 17,
  announcementBytes: 18,
  /** How far the consumer has taken bytes out: there is room again. */
  read: 32,
  /** How far what was taken out has been polled: there is credit again. */
  released: 33,
  /** What the producer waits for, as PRODUCER_WAITS has it: it sets it, the consumer clears it. */
  producerWaits: 48,
  /** 1: the consumer waits for bytes; it sets it, the producer clears it. */
  consumerWaits: 64,
} as const;

export const PRODUCER_WAITS = { nothing: 0, credit: 1, room: 2 } as const;

/** An element's length before it, and as many zeros. */
export const LENGTH_BYTES = 8;

/**
 * What an element takes behind its length: shared memory is copied several times as fast from one multiple of 8 to another
 * (V8 copies it byte by byte otherwise).
 */
export function paddedBytes(length: number): number {
  return (length + 7) & ~7;
}

const CELLS_BYTES = 80 * 4;
const ANNOUNCEMENT_BYTES = 128;
const HEADER_BYTES = CELLS_BYTES + ANNOUNCEMENT_BYTES;
/** 16 frames of 32 KiB. */
const CAPACITY_BYTES = 512 * 1024;

export class RingMemory {
  readonly cells: Int32Array;
  readonly announcement: Uint8Array;
  readonly bytes: Uint8Array;

  /** @param capacity bytes, a power of two, at least 64 */
  static allocate(attempt: number, capacity = CAPACITY_BYTES): SharedArrayBuffer {
    invariant(capacity >= 64 && (capacity & (capacity - 1)) === 0, 'the capacity of a ring is a power of two');
    const buffer = new SharedArrayBuffer(HEADER_BYTES + capacity);
    new Int32Array(buffer, 0, 1)[CELL.attempt] = attempt;
    return buffer;
  }

  constructor(
    readonly buffer: SharedArrayBuffer,
    attempt: number,
  ) {
    this.cells = new Int32Array(buffer, 0, CELLS_BYTES / 4);
    this.announcement = new Uint8Array(buffer, CELLS_BYTES, ANNOUNCEMENT_BYTES);
    this.bytes = new Uint8Array(buffer, HEADER_BYTES);
    invariant(this.cells[CELL.attempt] === attempt, 'a ring belongs to one attempt');
  }

  get capacity(): number {
    return this.bytes.length;
  }
}

/** How far position `a` is ahead of position `b`. */
export function ahead(a: number, b: number): number {
  return (a - b) >>> 0;
}
