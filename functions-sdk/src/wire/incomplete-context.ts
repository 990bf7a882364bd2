/** `IncompleteInvocationContext`: the state that a function declares and the platform does not know of yet. */
import type { Expiration, StateSpec } from './messages.js';
import { WireType, type ProtobufReader } from './protobuf-reader.js';
import type { ProtobufWriter } from './protobuf-writer.js';

const MISSING_VALUES = (1 << 3) | WireType.Bytes;
const NAME = (1 << 3) | WireType.Bytes;
const EXPIRATION = (2 << 3) | WireType.Bytes;
const TYPENAME = (3 << 3) | WireType.Bytes;
/** Not of StateFun, which passes it over. */
const ON_EXPIRY = (100 << 3) | WireType.Bytes;
const IS_IN_PARTS = (101 << 3) | WireType.Varint;
/** Its values; any other one says that it is in parts, too. */
const [LIST, MAP] = [2, 3];
const MODE = (1 << 3) | WireType.Varint;
const AFTER_MILLIS = (2 << 3) | WireType.Varint;
const AFTER_WRITE = 1;
const AFTER_INVOKE = 2;

/** The content of the message, without its header. */
export function writeIncomplete(writer: ProtobufWriter, missing: readonly StateSpec[]): void {
  for (let i = missing.length - 1; i >= 0; i--) {
    const { name, typename, expiration, onExpiry, isInParts, parts } = missing[i]!;
    const end = writer.length;
    if (isInParts === true) writer.number(IS_IN_PARTS, parts === undefined ? 1 : parts === 'list' ? LIST : MAP);
    if (onExpiry !== undefined) writer.text(ON_EXPIRY, onExpiry);
    writer.text(TYPENAME, typename);
    if (expiration !== undefined) writeExpiration(writer, expiration);
    writer.text(NAME, name);
    writer.message(MISSING_VALUES, end);
  }
}

export function readIncomplete(reader: ProtobufReader): StateSpec[] {
  const outer = reader.enter();
  const missing: StateSpec[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === MISSING_VALUES) missing.push(readSpec(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return missing;
}

function writeExpiration(writer: ProtobufWriter, { after, ms }: Expiration): void {
  const end = writer.length;
  writer.number(AFTER_MILLIS, ms);
  writer.number(MODE, after === 'write' ? AFTER_WRITE : AFTER_INVOKE);
  writer.message(EXPIRATION, end);
}

function readSpec(reader: ProtobufReader): StateSpec {
  const outer = reader.enter();
  let name = '';
  let typename = '';
  let expiration: Expiration | undefined;
  let onExpiry: string | undefined;
  let inParts = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === NAME) name = reader.name();
    else if (tag === TYPENAME) typename = reader.name();
    else if (tag === EXPIRATION) expiration = readExpiration(reader);
    else if (tag === ON_EXPIRY) onExpiry = reader.name();
    else if (tag === IS_IN_PARTS) inParts = reader.uint32();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return {
    ...{ name, typename, expiration },
    ...(onExpiry === undefined ? {} : { onExpiry }),
    ...(inParts === 0 ? {} : { isInParts: true }),
    ...(inParts === LIST ? { parts: 'list' } : inParts === MAP ? { parts: 'map' } : {}),
  };
}

function readExpiration(reader: ProtobufReader): Expiration | undefined {
  const outer = reader.enter();
  let mode = 0;
  let ms = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === MODE) mode = reader.uint32();
    else if (tag === AFTER_MILLIS) ms = reader.int64();
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (mode === AFTER_WRITE) return { after: 'write', ms };
  return mode === AFTER_INVOKE ? { after: 'call', ms } : undefined;
}
