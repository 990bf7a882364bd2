/** Values of the protocol as state: the name of the type and the bytes, which the platform does not look into. */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import type { ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { IncompatibleState, type StateCodec } from '../state/state-codec.js';
import { ownBytes } from './own-bytes.js';

const ID = 'typed-value/1';
const VALUE_BYTES = 80;

export const TYPED_VALUES: StateCodec<TypedValue> = {
  id: ID,
  schema: null,
  encode: writeTypedValue,
  decode: readTypedValue,
  migrate: (id) =>
    id === ID ? readTypedValue : new IncompatibleState(`values were written as ${id} and are read as ${ID}`),
  sizeOf: ({ typename, bytes }) => VALUE_BYTES + typename.length + bytes.length,
};

export function writeTypedValue({ typename, hasValue, bytes }: TypedValue, out: ByteWriter): void {
  out.string(typename);
  out.uint8(hasValue ? 1 : 0);
  if (hasValue) out.bytes(bytes);
}

/** The bytes are a copy: what they were read from may be written over. */
export function readTypedValue(bytes: ByteReader): TypedValue {
  const typename = bytes.string();
  const hasValue = bytes.flag();
  return { typename, hasValue, bytes: hasValue ? ownBytes(bytes.bytes()) : new Uint8Array(0) };
}
