/**
 * StateFun's own types are Protobuf messages with one field, number 1. The default value (0, false, '') is no bytes at
 * all; that a value is there is said beside it.
 */
import { ProtobufReader } from '../wire/protobuf-reader.js';
import { ProtocolError } from '../wire/protocol-error.js';
import { ValueError } from './value-type.js';

export const EMPTY = new Uint8Array(0);

/** Reads field 1 of the given wire type, or returns `empty` when the message has none. */
export function readWrapped<T>(
  typename: string,
  bytes: Uint8Array,
  wireType: number,
  empty: T,
  read: (reader: ProtobufReader) => T,
): T {
  if (bytes.length === 0) return empty;
  const wanted = (1 << 3) | wireType;
  let value = empty;
  try {
    const reader = new ProtobufReader(bytes);
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === wanted) value = read(reader);
      else if (tag >>> 3 === 1) throw new ProtocolError(`field 1 has the wire type ${tag & 7}, not ${wireType}`);
      else reader.skip(tag);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ValueError(`these bytes are not of the type ${typename}: ${error.message}`, { cause: error });
  }
  return value;
}
