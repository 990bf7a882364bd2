/**
 * Messages that leave for the outside. An egress has a name, `namespace/name`; what a record for Kafka or Kinesis looks
 * like is StateFun's (`io.statefun.sdk.egress`), with headers as field 4, which older runtimes pass over.
 */
import { requireTypename, type Typename } from '../types/typename.js';
import { shown, toTypedValue, ValueError, type ValueType } from '../types/value-type.js';
import type { EgressMessage } from '../wire/messages.js';
import { WireType } from '../wire/protobuf-reader.js';
import { ProtobufWriter } from '../wire/protobuf-writer.js';
import { isWellFormed } from '../wire/well-formed-text.js';
import { FunctionError } from './function-error.js';

export const KAFKA_RECORD = 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord';
const KINESIS_RECORD = 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord';
const FIRST = (1 << 3) | WireType.Bytes;
const SECOND = (2 << 3) | WireType.Bytes;
const THIRD = (3 << 3) | WireType.Bytes;
const FOURTH = (4 << 3) | WireType.Bytes;
const HAS_VALUE = (3 << 3) | WireType.Varint;

const writer = new ProtobufWriter();

/** The value of a record: text as UTF-8, bytes as they are, or what `json` or `protobuf` make of a value. */
export type RecordValue = string | Uint8Array;

export interface KafkaRecord {
  readonly egress: Typename;
  readonly topic: string;
  /** Empty or absent: a record without a key. */
  readonly key?: string;
  readonly value: RecordValue;
  /** In their order; a name may come more than once, and a value may be null. */
  readonly headers?: readonly (readonly [name: string, value: RecordValue | null])[];
}

export interface KinesisRecord {
  readonly egress: Typename;
  readonly stream: string;
  readonly partitionKey: string;
  readonly value: RecordValue;
  readonly explicitHashKey?: string;
}

/** A value for an egress that takes typed values as they are. Throws a FunctionError, `invalid-effect`, for what is not of the type. */
export function egressValue<T>(egress: Typename, type: ValueType<T>, value: NoInfer<T>): EgressMessage {
  requireTypename('an egress', egress);
  try {
    return { egress, argument: toTypedValue(type, value) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalid(egress, error.message, error);
  }
}

/** A record for a Kafka egress. Throws a FunctionError, `invalid-effect`, for what no record can have. */
export function kafkaRecord({ egress, topic, key = '', value, headers = [] }: KafkaRecord): EgressMessage {
  requireTypename('an egress', egress);
  requireText(egress, 'topic', topic);
  requireText(egress, 'key', key);
  requireValue(egress, 'value', value);
  if (topic === '') throw new RangeError(`a record for ${egress} needs a topic`);
  writer.clear();
  for (let i = headers.length - 1; i >= 0; i--) {
    const [name, headerValue] = headers[i]!;
    requireText(egress, 'name of a header', name);
    const end = writer.length;
    if (headerValue !== null) {
      requireValue(egress, 'value of a header', headerValue);
      writer.number(HAS_VALUE, 1);
      writeValue(SECOND, headerValue);
    }
    writer.text(FIRST, name);
    writer.message(FOURTH, end);
  }
  writer.text(THIRD, topic);
  writeValue(SECOND, value);
  if (key !== '') writer.text(FIRST, key);
  return record(egress, KAFKA_RECORD);
}

/** A record for a Kinesis egress. Throws a FunctionError, `invalid-effect`, for what no record can have. */
export function kinesisRecord({
  egress,
  stream,
  partitionKey,
  value,
  explicitHashKey = '',
}: KinesisRecord): EgressMessage {
  requireTypename('an egress', egress);
  requireText(egress, 'stream', stream);
  requireText(egress, 'partition key', partitionKey);
  requireText(egress, 'explicit hash key', explicitHashKey);
  requireValue(egress, 'value', value);
  if (stream === '' || partitionKey === '')
    throw new RangeError(`a record for ${egress} needs a stream and a partition key`);
  writer.clear();
  if (explicitHashKey !== '') writer.text(FOURTH, explicitHashKey);
  writer.text(THIRD, stream);
  writeValue(SECOND, value);
  writer.text(FIRST, partitionKey);
  return record(egress, KINESIS_RECORD);
}

/** What TypeScript does not let through, other programs may give; and half of a surrogate pair is text to both. */
function requireText(egress: string, what: string, text: unknown): void {
  if (typeof text !== 'string') throw invalid(egress, `the ${what} of a record is text, and got ${shown(text)}`);
  if (!isWellFormed(text))
    throw invalid(egress, `the ${what} ${shown(text)} has half of a surrogate pair, which cannot be sent`);
}

function requireValue(egress: string, what: string, value: unknown): void {
  if (typeof value === 'string') requireText(egress, what, value);
  else if (!(value instanceof Uint8Array))
    throw invalid(egress, `the ${what} of a record is text or bytes, and got ${shown(value)}`);
}

function invalid(egress: string, message: string, cause?: ValueError): FunctionError {
  return new FunctionError('invalid-effect', `to ${egress}: ${message}`, {}, cause === undefined ? {} : { cause });
}

function writeValue(tag: number, value: RecordValue): void {
  if (value.length === 0) return;
  if (typeof value === 'string') writer.text(tag, value);
  else writer.bytes(tag, value);
}

function record(egress: string, typename: string): EgressMessage {
  return { egress, argument: { typename, hasValue: true, bytes: writer.finish() } };
}
