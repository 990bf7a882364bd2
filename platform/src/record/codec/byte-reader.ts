/**
 * Reads what a ByteWriter wrote.
 *
 * Invariants
 * - It never reads beyond its end: truncated or damaged bytes are a `CorruptBytesError`, never a shorter value.
 * - What `bytes` and `raw` give shares the memory of the source.
 */
import { ShortTexts } from './short-texts.js';

export class CorruptBytesError extends Error {
  override readonly name = 'CorruptBytesError';
}

/** Bytes of an integer that bit operations can put together. */
const SHORT_VARINT = 4;
const SHORT_TEXTS = new ShortTexts();

export class ByteReader {
  readonly #bytes: Buffer;
  /** Made when it is needed: many readers read a few bytes only. */
  #view: DataView | undefined;
  #at: number;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.length;
  }

  #makeView(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return (this.#view = new DataView(buffer, byteOffset, byteLength));
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (!(bytes <= this.#end - at)) throw new CorruptBytesError(`${bytes} bytes wanted, ${this.#end - at} there`);
    this.#at = at + bytes;
    return at;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  /** A byte that is 0 or 1. */
  flag(): boolean {
    const byte = this.uint8();
    if (byte > 1) throw new CorruptBytesError(`a flag is ${byte}`);
    return byte === 1;
  }

  uint16(): number {
    const at = this.#take(2);
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  uint32(): number {
    const at = this.#take(4);
    const bytes = this.#bytes;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  double(): number {
    return (this.#view ?? this.#makeView()).getFloat64(this.#take(8));
  }

  int48(): number {
    const at = this.#take(6);
    const view = this.#view ?? this.#makeView();
    return view.getInt16(at) * 2 ** 32 + view.getUint32(at + 2);
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (this.#end - at < SHORT_VARINT) return this.#anyVarint();
    let byte = bytes[at++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift === 7 * SHORT_VARINT) return this.#anyVarint();
      byte = bytes[at++]!;
      value |= (byte & 127) << shift;
    }
    this.#at = at;
    return value;
  }

  #anyVarint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw new CorruptBytesError('an integer is too large');
    return value;
  }

  /** How many values follow. Each takes at least a byte, so a damaged count is seen before anything is made for it. */
  count(): number {
    const count = this.varint();
    if (count > this.remaining) throw new CorruptBytesError(`${count} values in ${this.remaining} bytes`);
    return count;
  }

  signed(): number {
    const value = this.varint();
    if (value < 2 ** 31) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  int64(): bigint {
    return (this.#view ?? this.#makeView()).getBigInt64(this.#take(8));
  }

  string(): string {
    const marked = this.varint();
    if (marked % 2 === 1) {
      const at = this.#take(marked - 1);
      return this.#bytes.toString('utf16le', at, at + marked - 1);
    }
    const bytes = marked / 2;
    const at = this.#take(bytes);
    return SHORT_TEXTS.find(this.#bytes, at, bytes) ?? this.#bytes.toString('utf8', at, at + bytes);
  }

  /** Of a byte for each character. */
  latin1(chars: number): string {
    const at = this.#take(chars);
    return this.#bytes.toString('latin1', at, at + chars);
  }

  utf16(chars: number): string {
    const at = this.#take(chars * 2);
    return this.#bytes.toString('utf16le', at, at + chars * 2);
  }

  bytes(): Uint8Array {
    return this.raw(this.varint());
  }

  raw(bytes: number): Uint8Array {
    const at = this.#take(bytes);
    return this.#bytes.subarray(at, at + bytes);
  }
}
