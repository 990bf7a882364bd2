/**
 * Writes Protobuf's wire format from the end to the beginning: when a message's length is needed, its content stands
 * already. So there is one pass, no moving of bytes, and every length is the shortest form there is.
 *
 * Invariants
 * - The last field of a message is written first, and a list from its last element; a message's content before its
 *   header: `const end = writer.length; ...fields...; writer.message(tag, end)`.
 * - Default values are the caller's to leave out, as proto3 wants.
 */
import { requireWellFormed } from './well-formed-text.js';

const FIRST_CAPACITY = 4096;
/** A buffer that had to grow beyond this is not kept for the next message. */
const KEPT_CAPACITY = 1 << 20;
const LONGEST_VARINT = 10;
/** Up to about this many characters, or bytes, a loop is quicker than a call into Node. */
const SHORT_TEXT = 40;
const SHORT_BYTES = 64;

export class ProtobufWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  /** Where the written bytes begin; they reach to the buffer's end. */
  #at = FIRST_CAPACITY;

  /** How many bytes are written so far. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** The message, as bytes of its own; the writer is empty again. */
  finish(): Buffer {
    const message = Buffer.allocUnsafe(this.length);
    this.#buffer.copy(message, 0, this.#at);
    this.clear();
    return message;
  }

  /** Throws away what is written: a writer that an error left half full. */
  clear(): void {
    if (this.#buffer.length > KEPT_CAPACITY) this.#buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
    this.#at = this.#buffer.length;
  }

  raw(bytes: Uint8Array): void {
    const length = bytes.length;
    this.#reserve(length);
    const buffer = this.#buffer;
    const at = (this.#at -= length);
    if (length > SHORT_BYTES) buffer.set(bytes, at);
    else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!;
  }

  bytes(tag: number, bytes: Uint8Array): void {
    this.raw(bytes);
    this.#reserve(2 * LONGEST_VARINT);
    this.#varint(bytes.length);
    this.#varint(tag);
  }

  text(tag: number, text: string): void {
    const end = this.length;
    this.#text(text);
    this.message(tag, end);
  }

  /** A non-negative whole number. */
  number(tag: number, value: number): void {
    this.#reserve(2 * LONGEST_VARINT);
    this.#varint(value);
    this.#varint(tag);
  }

  /** The header of the message (or text) whose content was written since `length` was `end`. */
  message(tag: number, end: number): void {
    const length = this.length - end;
    this.#reserve(2 * LONGEST_VARINT);
    this.#varint(length);
    this.#varint(tag);
  }

  #text(text: string): void {
    const length = text.length;
    this.#reserve(length);
    if (length < SHORT_TEXT && this.#ascii(text)) return;
    const size = Buffer.byteLength(text);
    this.#reserve(size);
    this.#at -= size;
    this.#buffer.write(text, this.#at, size, 'utf8');
    if (size !== length) requireWellFormed(text);
  }

  #ascii(text: string): boolean {
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[--at] = unit;
    }
    this.#at = at;
    return true;
  }

  #varint(value: number): void {
    const buffer = this.#buffer;
    if (value < 0x80) {
      buffer[--this.#at] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++;
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) buffer[at++] = (rest % 128) | 0x80;
    buffer[at] = rest;
  }

  #reserve(size: number): void {
    if (size <= this.#at) return;
    const written = this.length;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(written + size + 1)) * 2);
    this.#buffer.copy(larger, larger.length - written, this.#at);
    this.#at = larger.length - written;
    this.#buffer = larger;
  }
}
