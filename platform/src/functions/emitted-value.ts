/**
 * A value of the protocol as a plain value, as far as its type is known: StateFun's primitive types, records for Kafka and
 * Kinesis by their value, and everything else as JSON, or text, or bytes, whichever it is. JSON that nests too deep is a text.
 */
import { isUtf8 } from 'node:buffer';
import { tooDeepAt } from '@tidegate/connectors/api';
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { EmittedValueError } from './emitted-value-error.js';
import { ownBytes } from './own-bytes.js';
import { lastField, ProtobufFields } from './protobuf-fields.js';

const RECORDS: ReadonlySet<string> = new Set([
  'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord',
  'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord',
]);
/** Of both kinds of record: the value is field 2, bytes. */
const RECORD_VALUE = 0x12;
/** Of a primitive type: field 1, when it is a text. */
const TEXT = 0x0a;
const NO_BYTES = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined: no value. @throws EmittedValueError when the bytes are not what the type says */
export function readEmitted({ typename, hasValue, bytes }: TypedValue): unknown {
  if (!hasValue) return null;
  const read = PRIMITIVES.get(typename);
  if (read !== undefined) return read(bytes);
  return plainOf(RECORDS.has(typename) ? (lastField(bytes, RECORD_VALUE) ?? NO_BYTES) : bytes);
}

function plainOf(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    // What is kept must not keep the whole answer.
    return ownBytes(bytes);
  }
  if (tooDeepAt(text) !== undefined) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Each is a Protobuf message with its value as field 1, which is left out when it is the type's default. */
const PRIMITIVES: ReadonlyMap<string, (bytes: Uint8Array) => unknown> = new Map([
  fixed('bool', 1, false, (view) => view.getUint8(1) !== 0),
  fixed('int', 4, 0, (view) => view.getInt32(1, true)),
  fixed('float', 4, 0, (view) => view.getFloat32(1, true)),
  fixed('long', 8, 0, (view) => exact(view.getBigInt64(1, true))),
  fixed('double', 8, 0, (view) => view.getFloat64(1, true)),
  ['io.statefun.types/string', readText],
]);

/** @param width of the value, which stands behind a tag of one byte */
function fixed(name: string, width: number, whenAbsent: unknown, read: (view: DataView) => unknown) {
  const type = `io.statefun.types/${name}`;
  const readValue = (bytes: Uint8Array): unknown => {
    if (bytes.length === 0) return whenAbsent;
    if (bytes.length !== width + 1) throw new EmittedValueError(`${bytes.length} bytes are no ${type}`);
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
  return [type, readValue] as const;
}

function readText(bytes: Uint8Array): string {
  let [start, end] = [0, 0];
  const fields = new ProtobufFields(bytes);
  for (let tag = fields.next(); tag !== 0; tag = fields.next()) if (tag === TEXT) ({ start, end } = fields);
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8', start, end);
  // Whatever is not UTF-8 leaves a replacement character, but so does a replacement character.
  if (text.includes('\ufffd') && !isUtf8(buffer.subarray(start, end)))
    throw new EmittedValueError(`${end - start} bytes are no text in UTF-8`);
  return text;
}

function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
