/** Lists of what another codec writes: the count, then the elements. */
import type { ByteReader } from '../../record/codec/byte-reader.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';

const LIST_BYTES = 32;
const POINTER_BYTES = 8;

export function listCodec<T>(element: StateCodec<T>): StateCodec<readonly T[]> {
  return {
    id: element.id,
    schema: element.schema,
    encode: (values, out) => {
      out.varint(values.length);
      for (const value of values) element.encode(value, out);
    },
    decode: (bytes) => {
      const values: T[] = [];
      for (let left = bytes.varint(); left > 0; left--) values.push(element.decode(bytes));
      return values;
    },
    migrate: (id, schema) => {
      const migrated = element.migrate(id, schema);
      return migrated instanceof IncompatibleState ? migrated : (bytes) => readKept(bytes, migrated);
    },
    sizeOf: (values) => {
      let bytes = LIST_BYTES;
      for (const value of values) bytes += POINTER_BYTES + element.sizeOf(value);
      return bytes;
    },
  };
}

/** Elements of which nothing can be kept are left out. */
function readKept<T>(bytes: ByteReader, read: (bytes: ByteReader) => T | undefined): readonly T[] {
  const values: T[] = [];
  for (let left = bytes.varint(); left > 0; left--) {
    const value = read(bytes);
    if (value !== undefined) values.push(value);
  }
  return values;
}
