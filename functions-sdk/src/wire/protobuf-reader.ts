/**
 * Reads Protobuf's wire format (protobuf.dev, "Encoding") from bytes that nobody has checked.
 *
 * Invariants
 * - Nothing is read beyond `#end`, the end of the innermost message; a length is checked before it is used, so a huge
 *   one costs nothing. Whatever is not well-formed is a ProtocolError.
 * - `bytes()` is a view of the input, not a copy: whoever owns the input must not change it while values are in use.
 * - Text is valid UTF-8 or refused: a replacement character would make two addresses one.
 */
import { isUtf8 } from 'node:buffer';
import { ProtocolError } from './protocol-error.js';

export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

/** Names come again with every message; this many are kept, each at most INTERNED_LENGTH bytes long. */
const INTERNED_NAMES = 1024;
const INTERNED_LENGTH = 96;
/** Of these bytes the last so many say where a name is looked for. */
const HASHED_LENGTH = 8;

interface InternedName {
  readonly bytes: Uint8Array;
  readonly text: string;
}

const interned: (InternedName | undefined)[] = new Array<InternedName | undefined>(INTERNED_NAMES).fill(undefined);

export class ProtobufReader {
  readonly #buffer: Buffer;
  #at = 0;
  #end: number;

  constructor(input: Uint8Array) {
    this.#buffer = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
    this.#end = input.byteLength;
  }

  /** The next field's tag, `number << 3 | wire type`, or 0 at the end of the message. */
  tag(): number {
    if (this.#at === this.#end) return 0;
    const tag = this.#uint32('a tag');
    if (tag >>> 3 === 0) throw new ProtocolError('a field has the number 0');
    return tag;
  }

  /** Steps into a message field; what comes back is given to `leave` at its end. */
  enter(): number {
    const length = this.#length();
    const outer = this.#end;
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  bool(): boolean {
    // Nearly always one byte; a longer one is no less true.
    if (this.#at < this.#end && this.#buffer[this.#at]! < 0x80) return this.#buffer[this.#at++] !== 0;
    return this.varint() !== 0n;
  }

  /** An enum's number or another small one. */
  uint32(): number {
    return this.#uint32('a number');
  }

  /** An int64 that is a whole number of this language. */
  int64(): number {
    const value = Number(BigInt.asIntN(64, this.varint()));
    if (!Number.isSafeInteger(value)) throw new ProtocolError(`${value} is beyond the whole numbers that are exact`);
    return value;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtocolError('a number is longer than 10 bytes');
  }

  fixed32(): number {
    const at = this.#take(4);
    return this.#buffer.readInt32LE(at);
  }

  fixed64(): bigint {
    const at = this.#take(8);
    return this.#buffer.readBigInt64LE(at);
  }

  float(): number {
    const at = this.#take(4);
    return this.#buffer.readFloatLE(at);
  }

  double(): number {
    const at = this.#take(8);
    return this.#buffer.readDoubleLE(at);
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const at = this.#take(length);
    return this.#buffer.subarray(at, at + length);
  }

  text(): string {
    const length = this.#length();
    const at = this.#take(length);
    return this.#text(at, length);
  }

  /** The same as `text`, for what is one of few: names of types and of states. */
  name(): string {
    const length = this.#length();
    const at = this.#take(length);
    if (length === 0 || length > INTERNED_LENGTH) return this.#text(at, length);
    const buffer = this.#buffer;
    let hash = length;
    // Names differ at their ends, if at all.
    for (let i = at + Math.max(0, length - HASHED_LENGTH); i < at + length; i++)
      hash = (Math.imul(hash, 31) + buffer[i]!) | 0;
    const place = (hash ^ (hash >>> 10)) & (INTERNED_NAMES - 1);
    const known = interned[place];
    if (known !== undefined && isAt(buffer, at, length, known.bytes)) return known.text;
    const text = this.#text(at, length);
    interned[place] = { bytes: Uint8Array.prototype.slice.call(buffer, at, at + length), text };
    return text;
  }

  /** Passes over a field that this version of the protocol does not know. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.Varint:
        this.varint();
        break;
      case WireType.Fixed64:
        this.#take(8);
        break;
      case WireType.Bytes:
        this.#take(this.#length());
        break;
      case WireType.Fixed32:
        this.#take(4);
        break;
      default:
        throw new ProtocolError(`field ${tag >>> 3} has the wire type ${tag & 7}, which proto3 does not have`);
    }
  }

  #text(at: number, length: number): string {
    const buffer = this.#buffer;
    const text = buffer.toString('utf8', at, at + length);
    // Whatever is not UTF-8 leaves a replacement character, but so does a replacement character.
    if (text.includes('\ufffd') && !isUtf8(buffer.subarray(at, at + length)))
      throw new ProtocolError('text is not valid UTF-8');
    return text;
  }

  #length(): number {
    const length = this.#uint32('a length');
    if (length > this.#end - this.#at)
      throw new ProtocolError(`a length of ${length} reaches beyond the ${this.#end - this.#at} bytes that are left`);
    return length;
  }

  #uint32(what: string): number {
    if (this.#at < this.#end && this.#buffer[this.#at]! < 0x80) return this.#buffer[this.#at++]!;
    let value = 0;
    for (let factor = 1; factor <= 0x10000000; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new ProtocolError(`${what} is larger than 32 bits`);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new ProtocolError('the message ends in the middle of a field');
    return this.#buffer[this.#at++]!;
  }

  #take(length: number): number {
    if (length > this.#end - this.#at) throw new ProtocolError('the message ends in the middle of a field');
    const at = this.#at;
    this.#at = at + length;
    return at;
  }
}

function isAt(buffer: Buffer, at: number, length: number, bytes: Uint8Array): boolean {
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (buffer[at + i] !== bytes[i]) return false;
  return true;
}
