/**
 * Avro's primitive values, one after the other (Avro 1.12, "Binary Encoding").
 *
 * Invariants
 * - Nothing is read beyond the end: that, and what no writer writes, is a BadRecordError.
 * - What is made of a message is bounded by its bytes, also where a list says that it has more items than there are.
 */
import { BadRecordError } from '../../api/index.js';

/** Items that take no bytes are also items. */
const FREE_ITEMS = 1024;
/** So many bytes of a varint are less than 2^53. */
const SMALL_BYTES = 7;
const LONG_BYTES = 10;

export class AvroCursor {
  #at = 0;
  #items: number;

  constructor(private readonly bytes: Buffer) {
    this.#items = bytes.length + FREE_ITEMS;
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  boolean(): boolean {
    return this.bytes[this.#take(1)] === 1;
  }

  /** A number up to 2^53-1, a bigint beyond. */
  long(): number | bigint {
    const start = this.#at;
    let value = 0;
    for (let i = 0; i < SMALL_BYTES; i++) {
      const byte = this.bytes[this.#take(1)]!;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    this.#at = start;
    return this.#large();
  }

  #large(): number | bigint {
    let value = 0n;
    for (let i = 0; i < LONG_BYTES; i++) {
      const byte = this.bytes[this.#take(1)]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte >= 0x80) continue;
      const long = BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
      const number = Number(long);
      return Number.isSafeInteger(number) ? number : long;
    }
    throw new BadRecordError('a number of the message has no end');
  }

  float(): number {
    return this.bytes.readFloatLE(this.#take(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.#take(8));
  }

  fixed(size: number): Buffer {
    const start = this.#take(size);
    return this.bytes.subarray(start, start + size);
  }

  lengthAndBytes(): Buffer {
    return this.fixed(this.#length());
  }

  string(): string {
    const length = this.#length();
    const start = this.#take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** Of a union's branch or an enum's symbol. */
  index(): number {
    return this.#length();
  }

  /** Of a list's next block; 0: there is none. */
  blockCount(): number {
    let count = this.long();
    if (count < 0) {
      // A block that can be passed over as a whole: its length in bytes follows.
      count = -count;
      this.long();
    }
    if (count > this.#items) throw new BadRecordError('the message has fewer items than it says');
    this.#items -= Number(count);
    return Number(count);
  }

  #length(): number {
    const length = this.long();
    if (typeof length !== 'number' || length < 0) throw new BadRecordError('a length of the message is none');
    return length;
  }

  /** @returns where they begin */
  #take(bytes: number): number {
    const start = this.#at;
    if (bytes > this.bytes.length - start) throw new BadRecordError('the message is cut');
    this.#at += bytes;
    return start;
  }
}
