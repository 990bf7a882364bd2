/**
 * Writes values one behind the other into a buffer that grows. Integers of variable length are LEB128, signed ones
 * zigzag (as Protocol Buffers has them); all else is big-endian, so that unsigned integers and keys compare as bytes.
 *
 * Invariants
 * - What `finish` and `view` give starts at the last `reset`; a view is good until the next write.
 */
const MIN_BYTES = 256;
const LONE_SURROGATE = /\p{Surrogate}/u;

export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = MIN_BYTES) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacity, MIN_BYTES));
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
  }

  /** What was written, without a copy. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(bytes: number): number {
    const at = this.#length;
    if (at + bytes > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, at + bytes));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    this.#length = at + bytes;
    return at;
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32BE(value >>> 0, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleBE(value, at);
  }

  /** A non-negative safe integer. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.uint8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.uint8(rest);
  }

  /** An integer of less than 2^52 in magnitude. */
  signed(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  int64(value: bigint): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigInt64BE(value, at);
  }

  /** UTF-8 behind twice its length; a text with a lone surrogate as UTF-16 behind its (even) length plus one: every text comes back. */
  string(text: string): void {
    if (LONE_SURROGATE.test(text)) {
      const units = Buffer.from(text, 'utf16le');
      this.varint(units.length + 1);
      this.raw(units);
      return;
    }
    const bytes = Buffer.byteLength(text);
    this.varint(bytes * 2);
    const at = this.#reserve(bytes);
    this.#bytes.write(text, at, bytes, 'utf8');
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }
}
