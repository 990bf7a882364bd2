/**
 * Values of a fixed size by columns: all of a column one behind the other, in an aligned piece of memory that is seen as
 * doubles, 32-bit words and bytes at once. So a value is one load or store, without a call or a varint.
 *
 * Invariants
 * - Who reads takes the same columns in the same order as who wrote.
 * - Columns begin at multiples of 8. Byte order is the machine's: cells never leave it.
 */
import { CorruptBytesError } from '../codec/byte-reader.js';

export abstract class Cells {
  numbers!: Float64Array;
  words!: Uint32Array;
  bytes!: Uint8Array;

  /** @returns where so many bytes begin: at a multiple of 8 */
  protected abstract take(bytes: number): number;

  /** Each takes a column of so many cells. @returns the index of the first one */
  takeNumbers(count: number): number {
    return this.take(count * 8) >>> 3;
  }

  takeWords(count: number): number {
    return this.take(count * 4) >>> 2;
  }

  takeBytes(count: number): number {
    return this.take(count);
  }
}

/** Also takes bytes of any kind behind its columns. */
export class CellWriter extends Cells {
  #length = 0;

  constructor(capacity: number) {
    super();
    this.#use(capacity);
  }

  /** What there was is not in it. */
  #use(capacity: number): void {
    const memory = new ArrayBuffer(aligned(capacity));
    this.numbers = new Float64Array(memory);
    this.words = new Uint32Array(memory);
    this.bytes = new Uint8Array(memory);
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** The three views are others afterwards if there was no room. */
  protected take(bytes: number): number {
    const at = this.#length;
    this.#length = at + aligned(bytes);
    if (this.#length > this.bytes.length) {
      const { bytes: before } = this;
      this.#use(Math.max(before.length * 2, this.#length));
      this.bytes.set(before);
    }
    return at;
  }

  /** Puts bytes behind all that was taken; nothing is taken behind them. */
  append(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.bytes.set(bytes, at);
    this.#length = at + bytes.length;
  }

  /** All that was taken and appended, good until the next `reset`. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.#length);
  }
}

/** Reads columns where they lie. */
export class CellReader extends Cells {
  #buffer: ArrayBufferLike | undefined;
  #at = 0;
  #end = 0;

  /**
   * @param source at a multiple of 8 of its buffer
   * @param start a multiple of 8, and the end of the cells in it, as all positions
   */
  begin({ buffer, byteOffset }: Uint8Array, start: number, end: number): void {
    if (buffer !== this.#buffer) {
      this.numbers = new Float64Array(buffer, 0, buffer.byteLength >>> 3);
      this.words = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
      this.bytes = new Uint8Array(buffer);
      this.#buffer = buffer;
    }
    this.#at = byteOffset + start;
    this.#end = byteOffset + end;
  }

  get isEmpty(): boolean {
    return this.#at === this.#end;
  }

  protected take(bytes: number): number {
    const at = this.#at;
    this.#at = at + aligned(bytes);
    if (!(this.#at <= this.#end)) throw new CorruptBytesError('there are fewer columns than are said to be');
    return at;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
