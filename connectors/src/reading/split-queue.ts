/**
 * The records of one split that were read but not yet polled: a queue between the split's I/O and the reader.
 *
 * Invariants
 * - `position` is the offset after the last polled record: what belongs into a checkpoint, whatever is queued.
 * - Bounded by its feed: who pushes waits for `room` first, so at most one batch lies above the bound.
 */
import type { SourceBatch, SourceSplit } from '../api/index.js';

export class SplitQueue {
  readonly split: string;
  position: number | undefined;
  paused = false;
  /** The feed has told that no batch follows. */
  finished = false;
  #batches: SourceBatch[] = [];
  #bytes = 0;
  #waiting: (() => void) | undefined;

  constructor(split: SourceSplit) {
    this.split = split.id;
    this.position = split.offset;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  push(batch: SourceBatch): void {
    this.#batches.push(batch);
    this.#bytes += batch.bytes;
  }

  /** The next records, at least one and about `maxBytes` of them. The queue must not be empty. */
  take(maxBytes: number): SourceBatch {
    const head = this.#batches[0];
    if (head === undefined) throw new Error(`the queue of split ${this.split} is empty`);
    const [taken, rest] = splitBatch(head, maxBytes);
    if (rest === undefined) this.#batches.shift();
    else this.#batches[0] = rest;
    this.#bytes -= taken.bytes;
    this.position = taken.nextOffset;
    return taken;
  }

  /** Resolves when `wake` is called next. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  clear(): void {
    this.#batches = [];
    this.#bytes = 0;
  }
}

/** Cuts a batch after about `maxBytes`, taking its records to be of one size. */
function splitBatch(batch: SourceBatch, maxBytes: number): [SourceBatch, SourceBatch | undefined] {
  const count = batch.payloads.length;
  if (batch.bytes <= maxBytes || count <= 1) return [batch, undefined];
  const at = Math.min(count, Math.max(1, Math.floor((count * maxBytes) / batch.bytes)));
  const nextOffset = batch.offsets[at];
  if (nextOffset === undefined) return [batch, undefined];
  const bytes = Math.round((batch.bytes * at) / count);
  return [
    { ...part(batch, 0, at), bytes, nextOffset },
    { ...part(batch, at, count), bytes: batch.bytes - bytes, nextOffset: batch.nextOffset },
  ];
}

function part(batch: SourceBatch, from: number, to: number): Omit<SourceBatch, 'bytes' | 'nextOffset'> {
  const bad = new Map<number, string>();
  for (const [index, reason] of batch.bad ?? []) if (index >= from && index < to) bad.set(index - from, reason);
  return {
    split: batch.split,
    payloads: batch.payloads.slice(from, to),
    offsets: batch.offsets.slice(from, to),
    ...(bad.size > 0 ? { bad } : {}),
    ...(batch.headers === undefined ? {} : { headers: batch.headers.slice(from, to) }),
    ...(batch.keys === undefined ? {} : { keys: batch.keys.slice(from, to) }),
    ...(batch.timestamps === undefined ? {} : { timestamps: batch.timestamps.slice(from, to) }),
  };
}
