/**
 * The texts of a frame, kept aside from its values: most of what copying a text costs is the call of the runtime, and so
 * one call copies many. Short texts stand one behind the other in one piece of ASCII, all others in blocks.
 *
 * Invariants
 * - Every text comes back, those with lone surrogates too, if they are asked for in the order in which they were added.
 * - A text that is kept keeps no more than its block in memory: V8 makes a part of a text (`substring`) a view of the whole, and
 *   copies it only up to 12 characters.
 */
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const COPIED_CHARS_MAX = 12;
/** A longer text has a block of its own. */
const BLOCK_CHARS = 1024;
const ENCODER = new TextEncoder();

export class TextWriter {
  readonly #short = new ByteWriter(4096);
  #blocks: string[] = [];
  #block = '';

  reset(): void {
    this.#short.reset();
    if (this.#blocks.length > 0) this.#blocks = [];
    this.#block = '';
  }

  /** @returns what stands for the text among the values, below 2^31: `TextReader.next` takes it */
  add(text: string): number {
    const { length } = text;
    if (length <= COPIED_CHARS_MAX && this.#addShort(text, length)) return length * 2;
    if (this.#block.length + length > BLOCK_CHARS && this.#block !== '') {
      this.#blocks.push(this.#block);
      this.#block = text;
    } else this.#block += text;
    return length * 2 + 1;
  }

  /** @returns false, with nothing added, if it is not ASCII throughout */
  #addShort(text: string, length: number): boolean {
    const out = this.#short;
    let at = out.open(COPIED_CHARS_MAX);
    const bytes = out.target;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[at++] = code;
    }
    out.close(at);
    return true;
  }

  writeTo(out: ByteWriter): void {
    out.bytes(this.#short.view());
    if (this.#block !== '') this.#blocks.push(this.#block);
    this.#block = '';
    out.varint(this.#blocks.length);
    for (const block of this.#blocks) writeBlock(block, out);
  }
}

/** Behind twice its number of characters: ASCII, or with one more: UTF-16. */
function writeBlock(text: string, out: ByteWriter): void {
  const { length } = text;
  const start = out.length;
  out.varint(length * 2);
  const at = out.open(length);
  // What is not ASCII needs more bytes than there are characters.
  const { read } = ENCODER.encodeInto(text, out.target.subarray(at, at + length));
  if (read === length) return out.close(at + length);
  out.close(start);
  out.varint(length * 2 + 1);
  out.raw(Buffer.from(text, 'utf16le'));
}

export class TextReader {
  readonly #short: string;
  #shortAt = 0;
  readonly #blocks: string[] = [];
  #next = 0;
  #block = '';
  #blockAt = 0;

  /** @param bytes what `writeTo` wrote, and behind it what need not concern us */
  constructor(bytes: ByteReader) {
    this.#short = bytes.latin1(bytes.varint());
    for (let left = bytes.count(); left > 0; left--) {
      const marked = bytes.varint();
      this.#blocks.push(marked % 2 === 0 ? bytes.latin1(marked / 2) : bytes.utf16((marked - 1) / 2));
    }
  }

  next(marked: number): string {
    const length = marked >>> 1;
    if ((marked & 1) === 1) return this.#nextOfBlock(length);
    const at = this.#shortAt;
    const end = at + length;
    if (end > this.#short.length) throw new CorruptBytesError('a short text is missing');
    this.#shortAt = end;
    return this.#short.substring(at, end);
  }

  #nextOfBlock(length: number): string {
    if (this.#blockAt === this.#block.length) {
      this.#block = this.#blocks[this.#next++] ?? '';
      this.#blockAt = 0;
    }
    const at = this.#blockAt;
    const end = at + length;
    if (end > this.#block.length) throw new CorruptBytesError('a text is missing');
    this.#blockAt = end;
    return this.#block.substring(at, end);
  }

  /** Every text was asked for. */
  get isEmpty(): boolean {
    return (
      this.#shortAt === this.#short.length && this.#next === this.#blocks.length && this.#blockAt === this.#block.length
    );
  }
}
