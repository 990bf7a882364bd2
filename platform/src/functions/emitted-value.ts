/**
 * A value of the protocol as a plain value, as far as its type is known: StateFun's primitive types, records for Kafka and
 * Kinesis by their value, and everything else as JSON, or text, or bytes, whichever it is.
 */
import { isUtf8 } from 'node:buffer';
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { EmittedValueError } from './emitted-value-error.js';
import { fieldsOf } from './protobuf-fields.js';

const PRIMITIVES = 'io.statefun.types/';
const RECORDS: ReadonlySet<string> = new Set([
  'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord',
  'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord',
]);
/** Of both kinds of record: the value is field 2, bytes. */
const RECORD_VALUE = 0x12;
const NO_BYTES = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined: no value. @throws EmittedValueError when the bytes are not what the type says */
export function readEmitted({ typename, hasValue, bytes }: TypedValue): unknown {
  if (!hasValue) return null;
  if (typename.startsWith(PRIMITIVES)) return readPrimitive(typename.slice(PRIMITIVES.length), bytes);
  return plainOf(RECORDS.has(typename) ? lastField(bytes, RECORD_VALUE) : bytes);
}

function plainOf(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    // What is kept must not keep the whole answer.
    return bytes.slice();
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Each is a Protobuf message with its value as field 1, which is left out when it is the type's default. */
function readPrimitive(type: string, bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fits = (length: number): boolean => bytes.length === 0 || bytes.length === length + 1;
  const isDefault = bytes.length === 0;
  switch (type) {
    case 'bool':
      if (fits(1)) return !isDefault && bytes[1] !== 0;
      break;
    case 'int':
      if (fits(4)) return isDefault ? 0 : view.getInt32(1, true);
      break;
    case 'float':
      if (fits(4)) return isDefault ? 0 : view.getFloat32(1, true);
      break;
    case 'long':
      if (fits(8)) return isDefault ? 0 : exact(view.getBigInt64(1, true));
      break;
    case 'double':
      if (fits(8)) return isDefault ? 0 : view.getFloat64(1, true);
      break;
    case 'string':
      return textOf(lastField(bytes, 0x0a));
    default:
      return plainOf(bytes);
  }
  throw new EmittedValueError(`${bytes.length} bytes are no ${PRIMITIVES}${type}`);
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  // Whatever is not UTF-8 leaves a replacement character, but so does a replacement character.
  if (text.includes('\ufffd') && !isUtf8(bytes))
    throw new EmittedValueError(`${bytes.length} bytes are no text in UTF-8`);
  return text;
}

function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Empty when there is none. */
function lastField(bytes: Uint8Array, tag: number): Uint8Array {
  return fieldsOf(bytes, tag).at(-1) ?? NO_BYTES;
}
