/**
 * How a state's values are written. The codec's id and schema stand in every snapshot beside the values, so that a later
 * reader knows what it reads.
 */
import type { ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';

export interface StateCodec<T> {
  /** Name and version of the form: `record/1`. */
  readonly id: string;
  /** The writer's schema: plain data. */
  readonly schema: unknown;
  encode(value: T, out: ByteWriter): void;
  decode(bytes: ByteReader): T;
  /**
   * A reader of values that a codec with this `id` and `schema` wrote: it gives the value as this codec's, or undefined
   * where nothing of the value can be kept. The function itself is undefined (with the reason) when values of that form
   * cannot be read at all.
   */
  migrate(id: string, schema: unknown): ((bytes: ByteReader) => T | undefined) | IncompatibleState;
  /** What a decoded value takes in memory, bytes; an estimate for the cache's budget. */
  sizeOf(value: T): number;
}

export class IncompatibleState {
  /** @param reason what does not fit, as half a sentence: `the field amount was a string and is a double now` */
  constructor(readonly reason: string) {}
}
