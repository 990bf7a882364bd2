/**
 * The texts of a frame, kept aside from its other values: most of what copying a text costs is the call of the runtime, and
 * so one call copies many. Texts that both ends know do not come at all (`seen-texts.ts`); of the others short ones
 * stand one behind the other in one piece of ASCII, longer ones in blocks.
 *
 * Invariants
 * - Every text comes back, those with lone surrogates too, if they are asked for in the order in which they were added.
 * - A text that is kept keeps no more than its block in memory: V8 makes a part of a text (`substring`) a view of the whole, and
 *   copies it only up to 12 characters.
 */
import type { ByteWriter } from '../codec/byte-writer.js';
import type { Repetition } from './repetition.js';
import { REMEMBERED_CHARS_MAX, slotOf, type SeenTexts } from './seen-texts.js';
import { cellOfSeen, PLACE, PLACE_BITS } from './text-cell.js';

const COPIED_CHARS_MAX = 12;
/** A longer text has a block of its own. */
const BLOCK_CHARS = 1024;
const ENCODER = new TextEncoder();

export class TextWriter {
  #short = new Uint8Array(4096);
  #shortLength = 0;
  #blocks: string[] = [];
  #block = '';
  #seen: SeenTexts;

  constructor(seen: SeenTexts) {
    this.#seen = seen;
  }

  /** A frame begins. @param seen of its channel */
  begin(seen: SeenTexts): void {
    this.#seen = seen;
    this.#shortLength = 0;
    if (this.#blocks.length > 0) this.#blocks = [];
    this.#block = '';
  }

  /** Of texts that both ends know, by their slots. */
  get slots(): readonly string[] {
    return this.#seen.slots;
  }

  /** @returns the text's cell, a 32-bit word: `TextReader.next` takes it */
  add(text: string, repetition: Repetition): number {
    if (text === '' || !repetition.looks()) return this.addUnseen(text);
    const slot = slotOf(text);
    return this.slots[slot] === text ? cellOfSeen(slot, repetition) : this.addNew(text);
  }

  /** A text that was looked for and not found. */
  addNew(text: string): number {
    const { length } = text;
    if (length > REMEMBERED_CHARS_MAX) return this.addUnseen(text);
    this.#seen.remember(text);
    this.#addToBlock(text, length);
    return (length << PLACE_BITS) | PLACE.remembered;
  }

  /** A text that was not looked for. */
  addUnseen(text: string): number {
    const { length } = text;
    if (length <= COPIED_CHARS_MAX && this.#addShort(text, length)) return length << PLACE_BITS;
    this.#addToBlock(text, length);
    return ((length << PLACE_BITS) | PLACE.block) >>> 0;
  }

  /** @returns false, with nothing added, if it is not ASCII throughout */
  #addShort(text: string, length: number): boolean {
    const at = this.#shortLength;
    if (at + COPIED_CHARS_MAX > this.#short.length) this.#growShort();
    const short = this.#short;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      short[at + i] = code;
    }
    this.#shortLength = at + length;
    return true;
  }

  #growShort(): void {
    const grown = new Uint8Array(this.#short.length * 2);
    grown.set(this.#short);
    this.#short = grown;
  }

  #addToBlock(text: string, length: number): void {
    if (this.#block.length + length > BLOCK_CHARS && this.#block !== '') {
      this.#blocks.push(this.#block);
      this.#block = text;
    } else this.#block += text;
  }

  writeTo(out: ByteWriter): void {
    out.bytes(this.#short.subarray(0, this.#shortLength));
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
