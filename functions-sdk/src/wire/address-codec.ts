/**
 * Addresses and typed values, which every message of the protocol is made of. Few types, many ids: the encoded form of
 * a type is kept, and on the way in its two parts are put together once.
 */
import type { Address, TypedValue } from './messages.js';
import { WireType, type ProtobufReader } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** No more than this many names are kept: whoever sends may make them up. */
const KEPT_NAMES = 4096;
const FIRST = (1 << 3) | WireType.Bytes;
const SECOND = (2 << 3) | WireType.Bytes;
const THIRD = (3 << 3) | WireType.Bytes;
const HAS_VALUE = (2 << 3) | WireType.Varint;
const NO_BYTES = Buffer.alloc(0);

const joinedTypes = new Map<string, Map<string, string>>();
const encodedTypes = new Map<string, Uint8Array>();
const encodedTypenames = new Map<string, Uint8Array>();
let joinedCount = 0;
/** Of its own, as names are asked for while a message is being written. */
const nameWriter = new ProtobufWriter();

/** `namespace/name` into its parts, at the last slash: a namespace may hold one, a name may not. */
function splitType(type: string): [namespace: string, name: string] {
  const slash = type.lastIndexOf('/');
  return [type.slice(0, slash), type.slice(slash + 1)];
}

/** The same text for the same parts, as far as names are kept: whoever looks it up need not hash it anew. */
export function joinType(namespace: string, name: string): string {
  let names = joinedTypes.get(namespace);
  const known = names?.get(name);
  if (known !== undefined) return known;
  const joined = `${namespace}/${name}`;
  if (joinedCount >= KEPT_NAMES) return joined;
  if (names === undefined) joinedTypes.set(namespace, (names = new Map<string, string>()));
  names.set(name, joined);
  joinedCount++;
  return joined;
}

export function readAddress(reader: ProtobufReader): Address {
  const outer = reader.enter();
  let namespace = '';
  let name = '';
  let id = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) namespace = reader.name();
    else if (tag === SECOND) name = reader.name();
    else if (tag === THIRD) id = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { type: joinType(namespace, name), id };
}

export function writeAddress(writer: ProtobufWriter, tag: number, { type, id }: Address): void {
  const end = writer.length;
  if (id !== '') writer.text(THIRD, id);
  writeTypeName(writer, type);
  writer.message(tag, end);
}

/** A type's namespace and name as fields 1 and 2; an egress has its name in the same form. */
export function writeTypeName(writer: ProtobufWriter, type: string): void {
  writer.raw(encodedType(type));
}

export function readTypedValue(reader: ProtobufReader): TypedValue {
  const outer = reader.enter();
  let typename = '';
  let hasValue = false;
  let bytes: Uint8Array = NO_BYTES;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) typename = reader.name();
    else if (tag === HAS_VALUE) hasValue = reader.bool();
    else if (tag === THIRD) bytes = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { typename, hasValue, bytes };
}

export function writeTypedValue(writer: ProtobufWriter, tag: number, { typename, hasValue, bytes }: TypedValue): void {
  const end = writer.length;
  if (bytes.length > 0) writer.bytes(THIRD, bytes);
  if (hasValue) writer.number(HAS_VALUE, 1);
  writer.raw(encodedTypename(typename));
  writer.message(tag, end);
}

function encodedType(type: string): Uint8Array {
  return kept(encodedTypes, type, (writer) => {
    const [namespace, name] = splitType(type);
    if (name !== '') writer.text(SECOND, name);
    if (namespace !== '') writer.text(FIRST, namespace);
  });
}

function encodedTypename(typename: string): Uint8Array {
  return kept(encodedTypenames, typename, (writer) => {
    if (typename !== '') writer.text(FIRST, typename);
  });
}

function kept(encoded: Map<string, Uint8Array>, name: string, write: (writer: ProtobufWriter) => void): Uint8Array {
  const known = encoded.get(name);
  if (known !== undefined) return known;
  nameWriter.clear();
  write(nameWriter);
  const bytes = nameWriter.finish();
  if (encoded.size < KEPT_NAMES) encoded.set(name, bytes);
  return bytes;
}
