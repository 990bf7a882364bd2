/**
 * Values with the time at which they were last written, for states with a time to live: the time, then the value.
 *
 * Invariants
 * - A state may be given a time to live, or lose it, between a snapshot and its restore: what had no time begins at the
 *   restore, and a time that nobody asks for is skipped.
 */
import type { Clock } from '../../common/clock.js';
import type { ByteReader } from '../../record/codec/byte-reader.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';

const MARK = '+ttl';
const STAMPED_BYTES = 40;

export class Stamped<T> {
  constructor(
    readonly value: T,
    /** When it was written, epoch milliseconds. */
    readonly time: number,
  ) {}
}

export function stampedCodec<T>(codec: StateCodec<T>, clock: Pick<Clock, 'now'>): StateCodec<Stamped<T>> {
  return {
    id: codec.id + MARK,
    schema: codec.schema,
    encode: ({ value, time }, out) => {
      out.double(time);
      codec.encode(value, out);
    },
    decode: (bytes) => {
      const time = readStamp(bytes);
      return new Stamped(codec.decode(bytes), time);
    },
    migrate: (id, schema) => {
      const timed = id.endsWith(MARK);
      const read = codec.migrate(timed ? id.slice(0, -MARK.length) : id, schema);
      if (read instanceof IncompatibleState) return read;
      return (bytes) => {
        const time = timed ? bytes.double() : clock.now();
        const value = read(bytes);
        return value === undefined ? undefined : new Stamped(value, time);
      };
    },
    sizeOf: ({ value }) => STAMPED_BYTES + codec.sizeOf(value),
  };
}

/** The time of what a stamped codec wrote; the value's own bytes are what comes next. */
export function readStamp(bytes: ByteReader): number {
  return bytes.double();
}

/** The same codec, which also reads what was written while the state had a time to live. */
export function unstampedCodec<T>(codec: StateCodec<T>): StateCodec<T> {
  return {
    id: codec.id,
    schema: codec.schema,
    encode: (value, out) => codec.encode(value, out),
    decode: (bytes) => codec.decode(bytes),
    migrate: (id, schema) => {
      if (!id.endsWith(MARK)) return codec.migrate(id, schema);
      const read = codec.migrate(id.slice(0, -MARK.length), schema);
      if (read instanceof IncompatibleState) return read;
      return (bytes) => {
        bytes.double();
        return read(bytes);
      };
    },
    sizeOf: (value) => codec.sizeOf(value),
  };
}
