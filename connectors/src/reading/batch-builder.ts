/**
 * Collects what a framer finds in one chunk into one columnar batch.
 *
 * Invariant: `take` empties the builder, and a batch that was given out is never touched again.
 */
import type { FrameSink, SourceBatch } from '../api/index.js';

export class BatchBuilder implements FrameSink {
  #payloads: unknown[] = [];
  #offsets: number[] = [];
  #bad: Map<number, string> | undefined;

  /** `base` is added to all offsets. */
  constructor(
    readonly split: string,
    readonly base = 0,
  ) {}

  payload(payload: unknown, offset: number): void {
    this.#payloads.push(payload);
    this.#offsets.push(this.base + offset);
  }

  bad(raw: string, offset: number, reason: string): void {
    this.#bad ??= new Map();
    this.#bad.set(this.#payloads.length, reason);
    this.payload(raw, offset);
  }

  get size(): number {
    return this.#payloads.length;
  }

  /** What was collected, or undefined when that is nothing. */
  take(bytes: number, nextOffset: number): SourceBatch | undefined {
    if (this.#payloads.length === 0) return undefined;
    const batch: SourceBatch = {
      split: this.split,
      payloads: this.#payloads,
      offsets: this.#offsets,
      bytes,
      nextOffset: this.base + nextOffset,
      ...(this.#bad === undefined ? {} : { bad: this.#bad }),
    };
    this.#payloads = [];
    this.#offsets = [];
    this.#bad = undefined;
    return batch;
  }
}
