/**
 * What a self-contained piece of bytes has spelled out so far, so that it can refer to it: one dictionary for each frame
 * or value, emptied before the next one. The writer's and the reader's are filled in the same order.
 */
import { CorruptBytesError } from './byte-reader.js';
import type { RecordShape } from './record-shape.js';
import type { Split } from '../stream-record.js';

/** Where records come from, as many share it. */
export interface Origin {
  /** As `StreamRecord.source`. */
  readonly source: string;
  readonly split: Split;
}

export class WriteDictionary {
  readonly #shapes = new Map<RecordShape, number>();
  readonly #origins = new Map<Split, { readonly source: string; readonly index: number }>();
  #originCount = 0;
  /** Of the record before: mostly the next one's too. */
  #lastSplit: Split | undefined;
  #lastSource = '';
  #lastIndex = 0;
  /** Of the record before: the next one's are written as differences. */
  timestamp = 0;
  offset = 0;

  reset(): void {
    if (this.#shapes.size > 0) this.#shapes.clear();
    if (this.#origins.size > 0) this.#origins.clear();
    this.#originCount = 0;
    this.#lastSplit = undefined;
    this.timestamp = 0;
    this.offset = 0;
  }

  /** @returns the index of what has been spelled out, or undefined: then it must be spelled out now */
  shape(shape: RecordShape): number | undefined {
    const index = this.#shapes.get(shape);
    if (index === undefined) this.#shapes.set(shape, this.#shapes.size);
    return index;
  }

  /** The index of the origin of the record before, if it is this one; else -1. */
  lastOrigin(source: string, split: Split): number {
    return split === this.#lastSplit && source === this.#lastSource ? this.#lastIndex : -1;
  }

  /** As `shape`. */
  origin(source: string, split: Split): number | undefined {
    const last = this.lastOrigin(source, split);
    if (last >= 0) return last;
    const known = this.#origins.get(split);
    const isKnown = known?.source === source;
    const index = isKnown ? known.index : this.#originCount++;
    if (!isKnown) this.#origins.set(split, { source, index });
    this.#lastSplit = split;
    this.#lastSource = source;
    this.#lastIndex = index;
    return isKnown ? index : undefined;
  }
}

export class ReadDictionary {
  readonly shapes: RecordShape[] = [];
  readonly origins: Origin[] = [];
  timestamp = 0;
  offset = 0;

  shape(index: number): RecordShape {
    const shape = this.shapes[index];
    if (shape === undefined) throw new CorruptBytesError(`there is no shape ${index}`);
    return shape;
  }

  origin(index: number): Origin {
    const origin = this.origins[index];
    if (origin === undefined) throw new CorruptBytesError(`there is no origin ${index}`);
    return origin;
  }
}
