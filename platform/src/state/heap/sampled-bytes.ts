/** What a table takes in memory, from the first values of its Map: counting at each `put` would cost more than the Map. */
import type { StateCodec } from '../state-codec.js';

const SAMPLES = 64;
/** A slot of a Map with its key. */
const SLOT_BYTES = 64;

export function sampledBytes<T>(values: Iterable<T>, size: number, codec: StateCodec<T>): number {
  let sampled = 0;
  let bytes = 0;
  for (const value of values) {
    if (sampled === SAMPLES) break;
    bytes += codec.sizeOf(value);
    sampled++;
  }
  return sampled === 0 ? 0 : Math.round((bytes / sampled + SLOT_BYTES) * size);
}
