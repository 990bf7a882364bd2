/**
 * A chunk of a split's bytes, in a reader's queue: its records are cut out when they are polled.
 *
 * Invariants
 * - The framer and the bytes are in use until the chunk is empty: who pushed it waits until then.
 * - Cut out early, records would wait in the queue as some thousand objects, each of which the garbage collector copies
 *   several times; cut out when they are polled, they die young.
 */
import type { Framer, SourceBatch } from '../api/index.js';
import type { BatchBuilder } from './batch-builder.js';
import type { Chunk } from './split-queue.js';

export class FramedChunk implements Chunk {
  #rest: Uint8Array;
  /** Bytes that were framed and gave no record yet. */
  #unreported = 0;

  constructor(
    chunk: Uint8Array,
    readonly framer: Framer,
    readonly builder: BatchBuilder,
  ) {
    this.#rest = chunk;
  }

  get bytes(): number {
    return this.#rest.length;
  }

  take(maxBytes: number): SourceBatch | undefined {
    const part = this.#rest.subarray(0, maxBytes);
    this.#rest = this.#rest.subarray(part.length);
    this.framer.push(part, this.builder);
    const batch = this.builder.take(this.#unreported + part.length, this.framer.position);
    this.#unreported = batch === undefined ? this.#unreported + part.length : 0;
    return batch;
  }
}
