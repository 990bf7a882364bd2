/**
 * The texts of a frame at the other end: see `text-writer.ts`.
 *
 * Invariants
 * - They are asked for in the order in which they were added.
 */
import { CorruptBytesError, type ByteReader } from '../codec/byte-reader.js';
import type { SeenTexts } from './seen-texts.js';
import { PLACE, PLACE_BITS, PLACE_MASK } from './text-cell.js';

export class TextReader {
  readonly #short: string;
  #shortAt = 0;
  readonly #blocks: string[] = [];
  #next = 0;
  #block = '';
  #blockAt = 0;

  /** @param bytes what `writeTo` wrote, and behind it what need not concern us */
  constructor(
    bytes: ByteReader,
    private readonly seen: SeenTexts,
  ) {
    this.#short = bytes.latin1(bytes.varint());
    for (let left = bytes.count(); left > 0; left--) {
      const marked = bytes.varint();
      this.#blocks.push(marked % 2 === 0 ? bytes.latin1(marked / 2) : bytes.utf16((marked - 1) / 2));
    }
  }

  /** As the writer's. */
  get slots(): readonly string[] {
    return this.seen.slots;
  }

  /** @param cell that `TextWriter.add` gave */
  next(cell: number): string {
    const rest = cell >>> PLACE_BITS;
    switch (cell & PLACE_MASK) {
      case PLACE.short:
        return this.#nextShort(rest);
      case PLACE.seen:
        return this.#seenAt(rest);
      case PLACE.block:
        return this.#nextOfBlock(rest);
      default: {
        const text = this.#nextOfBlock(rest);
        this.seen.remember(text);
        return text;
      }
    }
  }

  #nextShort(length: number): string {
    const at = this.#shortAt;
    const end = at + length;
    if (end > this.#short.length) throw new CorruptBytesError('a short text is missing');
    this.#shortAt = end;
    return this.#short.substring(at, end);
  }

  #seenAt(slot: number): string {
    const text = this.seen.slots[slot];
    if (text === undefined) throw new CorruptBytesError(`nothing was seen at ${slot}`);
    return text;
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
