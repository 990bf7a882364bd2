/** A record that was emitted to Kafka, readable. */
import { KAFKA_RECORD } from '../function/egress.js';
import type { EgressMessage } from '../wire/messages.js';
import { ProtobufReader, WireType } from '../wire/protobuf-reader.js';

export interface EmittedKafkaRecord {
  readonly topic: string;
  /** undefined: without a key. */
  readonly key: string | undefined;
  readonly value: Uint8Array;
  /** The value as text. */
  readonly text: string;
  /** Values as text, or null. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

const FIRST = (1 << 3) | WireType.Bytes;
const SECOND = (2 << 3) | WireType.Bytes;
const TOPIC = (3 << 3) | WireType.Bytes;
const HEADER = (4 << 3) | WireType.Bytes;
const HAS_VALUE = (3 << 3) | WireType.Varint;

/** undefined if the message is not a record for Kafka. */
export function readKafkaRecord({ argument }: EgressMessage): EmittedKafkaRecord | undefined {
  if (argument.typename !== KAFKA_RECORD) return undefined;
  const reader = new ProtobufReader(argument.bytes);
  let [topic, key, value]: [string, string | undefined, Uint8Array] = ['', undefined, new Uint8Array(0)];
  const headers: [string, string | null][] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) key = reader.text();
    else if (tag === SECOND) value = reader.bytes();
    else if (tag === TOPIC) topic = reader.text();
    else if (tag === HEADER) headers.push(readHeader(reader));
    else reader.skip(tag);
  }
  return { topic, key, value, text: Buffer.from(value).toString('utf8'), headers };
}

function readHeader(reader: ProtobufReader): [string, string | null] {
  const outer = reader.enter();
  let [name, value, hasValue] = ['', '', false];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) name = reader.text();
    else if (tag === SECOND) value = Buffer.from(reader.bytes()).toString('utf8');
    else if (tag === HAS_VALUE) hasValue = reader.bool();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return [name, hasValue ? value : null];
}
