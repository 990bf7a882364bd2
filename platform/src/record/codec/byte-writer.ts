/**
 * Writes values one behind the other into a buffer that grows. Integers of variable length are LEB128, signed ones
 * zigzag (as Protocol Buffers has them); all else is big-endian, so that unsigned integers and keys compare as bytes.
 *
 * Invariants
 * - What `finish` and `view` give starts at the last `reset`; a view is good until the next write.
 */
const MIN_BYTES = 256;
/** Up to here a text of ASCII is copied faster by hand than by a call of the runtime. */
const SHORT_TEXT = 48;
/** Up to here a view is kept for the next time: making one takes longer than writing what it shows. */
const SHORT_VIEW = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;

export class ByteWriter {
  #bytes: Buffer;
  /** Of the bytes, made when it is needed. */
  #view: DataView | undefined;
  #capacity: number;
  #length = 0;
  /** Views of the first bytes, by length: made when they are needed. */
  #views: Buffer[] | undefined;

  constructor(capacity = MIN_BYTES) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacity, MIN_BYTES));
    this.#capacity = this.#bytes.length;
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
  view(): Buffer {
    const length = this.#length;
    if (length > SHORT_VIEW) return this.#bytes.subarray(0, length);
    return ((this.#views ??= [])[length] ??= this.#bytes.subarray(0, length));
  }

  /** Makes room without taking it. @returns where it begins */
  #ensure(bytes: number): number {
    const at = this.#length;
    if (at + bytes > this.#capacity) this.#grow(at + bytes);
    return at;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#capacity * 2, needed));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = undefined;
    this.#capacity = grown.length;
    this.#views = undefined;
  }

  /**
   * For generated code, which writes by itself between `open` and `close`: makes room.
   * @returns where the next byte goes in `target`, which is good until anything else is written
   */
  open(bytes: number): number {
    return this.#ensure(bytes);
  }

  get target(): Buffer {
    return this.#bytes;
  }

  get targetView(): DataView {
    return this.#view ?? this.#makeView();
  }

  #makeView(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return (this.#view = new DataView(buffer, byteOffset, byteLength));
  }

  /** @param end behind the last byte that was written */
  close(end: number): void {
    this.#length = end;
  }

  #reserve(bytes: number): number {
    const at = this.#ensure(bytes);
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
    const bytes = this.#bytes;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  /** An integer within ±2^47, as times are. */
  int48(value: number): void {
    const at = this.#reserve(6);
    const low = value >>> 0;
    const view = this.#view ?? this.#makeView();
    view.setInt16(at, (value - low) / 2 ** 32);
    view.setUint32(at + 2, low);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    (this.#view ?? this.#makeView()).setFloat64(at, value);
  }

  /** A non-negative safe integer. */
  varint(value: number): void {
    let at = this.#ensure(8);
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    this.#length = putSmall(rest | 0, bytes, at);
  }

  /** A safe integer within ±2^52. */
  signed(value: number): void {
    if ((value << 1) >> 1 !== value) return this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
    const at = this.#ensure(5);
    this.#length = putSmall((value << 1) ^ (value >> 31), this.#bytes, at);
  }

  int64(value: bigint): void {
    const at = this.#reserve(8);
    (this.#view ?? this.#makeView()).setBigInt64(at, value);
  }

  /** UTF-8 behind twice its length; a text with a lone surrogate as UTF-16 behind its (even) length plus one: every text comes back. */
  string(text: string): void {
    if (text.length > SHORT_TEXT || !this.#shortText(text)) this.#anyText(text);
  }

  /** @returns false, with nothing written, if it is not ASCII throughout */
  #shortText(text: string): boolean {
    const { length } = text;
    let at = this.#ensure(length + 1);
    const bytes = this.#bytes;
    bytes[at++] = length * 2;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #anyText(text: string): void {
    const length = Buffer.byteLength(text);
    if (length !== text.length && LONE_SURROGATE.test(text)) {
      const units = Buffer.from(text, 'utf16le');
      this.varint(units.length + 1);
      this.raw(units);
      return;
    }
    this.varint(length * 2);
    const at = this.#reserve(length);
    this.#bytes.write(text, at, length, 'utf8');
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

  /** Bytes of another writer, as `view` shows them. */
  copyOf(other: ByteWriter, start: number, end: number): void {
    const at = this.#reserve(end - start);
    other.#bytes.copy(this.#bytes, at, start, end);
  }
}

/**
 * Puts a variable-length integer below 2^31, for who writes between `open` and `close`.
 * @returns where it ends
 */
export function putSmall(value: number, bytes: Buffer, start: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes[at++] = rest | 128;
  bytes[at++] = rest;
  return at;
}
