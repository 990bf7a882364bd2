/**
 * The records of one split that were read but not yet polled: a queue between the split's I/O and the reader.
 *
 * Invariants
 * - `position` is the offset after the last polled record, and `state` what belongs to it: what goes into a checkpoint,
 *   whatever is queued.
 * - Bounded by its feed: who pushes waits afterwards, so at most one batch or chunk lies above the bound.
 */
import type { SourceBatch, SourceSplit } from '../api/index.js';

/** What a feed hands over. */
export type Queued = SourceBatch | Chunk;

/** What its records are cut out of, or made of, when they are polled. */
export interface Chunk {
  /** That are left: none in an empty one. */
  readonly bytes: number;
  /** The records of about the next `maxBytes`; undefined where these complete none. */
  take(maxBytes: number): SourceBatch | undefined;
}

export class SplitQueue {
  readonly split: string;
  position: number | undefined;
  state: unknown;
  paused = false;
  /** The feed has told that no batch follows. */
  finished = false;
  #queued: { readonly queued: Queued; readonly state: unknown }[] = [];
  #bytes = 0;
  #waiting: (() => void) | undefined;

  constructor(split: SourceSplit) {
    this.split = split.id;
    this.position = split.offset;
    this.state = split.state;
  }

  /** Where reading would go on. */
  get at(): SourceSplit {
    const { split: id, position, state } = this;
    return {
      id,
      ...(position === undefined ? {} : { offset: position }),
      ...(state === undefined ? {} : { state }),
    };
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#queued.length === 0;
  }

  /** `state`: the split's, from the first record of what is pushed on. */
  push(queued: Queued, state: unknown): void {
    this.#queued.push({ queued, state });
    this.#bytes += queued.bytes;
  }

  /** The next records, about `maxBytes` of them; undefined where a chunk's bytes complete none. Not of an empty queue. */
  take(maxBytes: number): SourceBatch | undefined {
    const head = this.#queued[0];
    if (head === undefined) throw new Error(`the queue of split ${this.split} is empty`);
    const { queued, state } = head;
    const before = queued.bytes;
    const [taken, rest] = 'take' in queued ? takeFrom(queued, maxBytes) : splitBatch(queued, maxBytes);
    if (rest === undefined) this.#queued.shift();
    else this.#queued[0] = { queued: rest, state };
    this.#bytes -= before - (rest?.bytes ?? 0);
    if (taken !== undefined) {
      this.position = taken.nextOffset;
      this.state = state;
    }
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
    this.#queued = [];
    this.#bytes = 0;
  }
}

function takeFrom(chunk: Chunk, maxBytes: number): [SourceBatch | undefined, Chunk | undefined] {
  const batch = chunk.take(maxBytes);
  return [batch, chunk.bytes > 0 ? chunk : undefined];
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
