/**
 * What functions emit, as a message of a broker: bytes, and for whom they are. For egresses that write bytes as they are.
 *
 *     message KafkaProducerRecord { string key = 1; bytes value_bytes = 2; string topic = 3; repeated Header headers = 4; }
 *     message Header { string name = 1; bytes value = 2; bool has_value = 3; }
 *     message KinesisEgressRecord { string partition_key = 1; bytes value_bytes = 2; string stream = 3; ... }
 *
 *     io.statefun.playground/EgressRecord { "topic": "...", "payload": "..." }
 *
 * An empty key is none, as in StateFun.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import type { EmittedHeaders } from '../record/emitted-headers.js';
import { EmittedValueError } from './emitted-value-error.js';
import { ownBytes } from './own-bytes.js';
import { fieldsOf, lastField } from './protobuf-fields.js';
import { readEmitted } from './emitted-value.js';

const KAFKA = 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord';
const KINESIS = 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord';
const PLAYGROUND = 'io.statefun.playground/EgressRecord';
const STRING = 'io.statefun.types/string';

/** A varint. */
const HAS_VALUE = 0x18;
const NO_BYTES = new Uint8Array(0);
const [FIRST, SECOND, THIRD, FOURTH] = [0x0a, 0x12, 0x1a, 0x22];
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** @throws EmittedValueError when the bytes are not what the type says */
export function emittedMessage(argument: TypedValue): Record<string, unknown> {
  const { typename, hasValue, bytes } = argument;
  if (typename === KAFKA) return { ...addressed(bytes), ...headersOf(bytes) };
  if (typename === KINESIS) return addressed(bytes);
  if (typename === PLAYGROUND) return tried(bytes);
  if (typename === STRING) return { value: readEmitted(argument) };
  return { value: hasValue ? ownBytes(bytes) : null };
}

/** Of a record for Kafka, in their order; undefined: it has none. @throws EmittedValueError */
export function messageHeaders({ typename, bytes }: TypedValue): EmittedHeaders | undefined {
  if (typename !== KAFKA) return undefined;
  const headers = fieldsOf(bytes, FOURTH);
  if (headers.length === 0) return undefined;
  return headers.map((header) => {
    // Who says no word of it has a value, if it is there.
    const said = lastField(header, HAS_VALUE)?.[0];
    const value = lastField(header, SECOND);
    return [text(header, FIRST), (said ?? value) === undefined || said === 0 ? null : (value ?? NO_BYTES)];
  });
}

function addressed(bytes: Uint8Array): Record<string, unknown> {
  const key = text(bytes, FIRST);
  return {
    topic: text(bytes, THIRD),
    ...(key === '' ? {} : { key }),
    // What is kept must not keep the whole answer.
    value: ownBytes(lastField(bytes, SECOND) ?? new Uint8Array(0)),
  };
}

/** Of the playground: JSON, whose payload is a text. */
function tried(bytes: Uint8Array): Record<string, unknown> {
  const { topic, payload } = recordOf(bytes);
  if (typeof topic !== 'string' || typeof payload !== 'string')
    throw new EmittedValueError(`a ${PLAYGROUND} has a topic and a payload, which are texts`);
  return { topic, value: payload };
}

function recordOf(bytes: Uint8Array): { readonly topic?: unknown; readonly payload?: unknown } {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw new EmittedValueError(`a ${PLAYGROUND} is JSON`);
  }
}

function headersOf(bytes: Uint8Array): { readonly headers?: Readonly<Record<string, string>> } {
  const headers = fieldsOf(bytes, FOURTH).map((header) => [text(header, FIRST), text(header, SECOND)] as const);
  return headers.length === 0 ? {} : { headers: Object.fromEntries(headers) };
}

function text(bytes: Uint8Array, tag: number): string {
  return utf8.decode(lastField(bytes, tag));
}
