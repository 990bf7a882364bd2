/** Records on their way into a topic: what is kept of them until they are sent, and the messages that are made of that. */
import type { Message } from 'kafkajs';
import type { OutgoingRecord } from '../api/index.js';
import type { OrderedHeaders } from './ordered-headers.js';
import { setOwn } from '../formats/own-property.js';

/** The header that holds the record's id. */
const ID_HEADER = 'id';

/** As W3C Trace Context has it. */
const TRACE_HEADER = 'traceparent';
/** What the names of options that are headers begin with. */
const HEADERS = 'headers.';

export type Headers = Readonly<Record<string, string>>;

/**
 * What is kept of a record: value, key, timestamp (epoch milliseconds), headers, its partition where an expression says it, and its
 * topic where that is not its epoch's. Bytes are kept as base64.
 */
type Kept = readonly [
  value: string | { readonly base64: string },
  key: string | null,
  timestamp: number,
  headers: Record<string, string> | KeptList,
  partition?: number | null,
  topic?: string,
];
/** Of a record that came with its own. */
type KeptList = readonly (readonly [name: string, value: string | null | { readonly base64: string }])[];
type Rest = readonly [
  key: string | null,
  timestamp: number,
  headers: Record<string, string> | OrderedHeaders,
  partition: number | null,
];

/** A message, and the topic that it goes to. */
export interface AddressedMessage {
  readonly topic: string;
  readonly message: Message;
}

/**
 * As it lies in a staged epoch: a JSON list on one line.
 * @param constant headers that every record has
 * @param topic where it is not the epoch's
 */
export function lineOf(record: OutgoingRecord, constant: Headers = {}, topic?: string): string {
  const { payload } = record;
  const value = typeof payload === 'string' ? payload : { base64: Buffer.from(payload).toString('base64') };
  const [key, timestamp, made, partition] = restOf(record, constant);
  const headers = isOrdered(made) ? keptList(made) : made;
  if (topic !== undefined) return JSON.stringify([value, key, timestamp, headers, partition, topic] satisfies Kept);
  const kept: Kept =
    partition === null ? [value, key, timestamp, headers] : [value, key, timestamp, headers, partition];
  return JSON.stringify(kept);
}

/** @param keepsTime whether Kafka's timestamp is the event time; otherwise kafkajs takes the time of sending */
export function messageOf(record: OutgoingRecord, keepsTime: boolean, constant: Headers = {}): Message {
  const { payload } = record;
  return message(typeof payload === 'string' ? payload : Buffer.from(payload), restOf(record, constant), keepsTime);
}

/** Of what `lineOf` wrote. @param keepsTime as above @param main the epoch's topic */
export function messageIn(line: string, keepsTime: boolean, main: string): AddressedMessage {
  const [value, key, timestamp, headers, partition = null, topic = main] = JSON.parse(line) as Kept;
  const content = typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
  return {
    topic,
    message: message(content, [key, timestamp, isKeptList(headers) ? listIn(headers) : headers, partition], keepsTime),
  };
}

/** A key that the egress computes goes before the alert's. */
function restOf(record: OutgoingRecord, constant: Headers): Rest {
  const { key, values, timestamp } = record;
  const partition = values?.['partition'];
  return [
    values?.['key']?.toString() ?? key ?? null,
    timestamp,
    headersOf(record, constant),
    typeof partition === 'number' ? partition : null,
  ];
}

/** Its own go before those that the egress adds, and are alone under their names. */
function headersOf(record: OutgoingRecord, constant: Headers): Record<string, string> | OrderedHeaders {
  const added = addedHeaders(record, constant);
  if (record.headers === undefined) return added;
  const own = record.headers.map(([name, value]): OrderedHeaders[number] => [
    name,
    value instanceof Uint8Array ? Buffer.from(value) : value,
  ]);
  const names = new Set(own.map(([name]) => name));
  return [...own, ...Object.entries(added).filter(([name]) => !names.has(name))];
}

function addedHeaders({ values, id, traceparent }: OutgoingRecord, constant: Headers): Record<string, string> {
  const headers = { ...constant };
  for (const option in values)
    if (option.startsWith(HEADERS)) setOwn(headers, option.slice(HEADERS.length), String(values[option]));
  if (id !== undefined) headers[ID_HEADER] = id;
  if (traceparent !== undefined) headers[TRACE_HEADER] = traceparent;
  return headers;
}

function message(value: string | Buffer, [key, timestamp, headers, partition]: Rest, keepsTime: boolean): Message {
  // What kafkajs's types do not know, its encoder does (`ordered-headers.ts`).
  const made: Message = { value, key, headers: headers as Record<string, string> };
  if (partition !== null) made.partition = partition;
  if (keepsTime) made.timestamp = String(timestamp);
  return made;
}

/** About what a message takes on the wire. */
export function bytesOf({ value, key, headers }: Message): number {
  let bytes = 64 + (value?.length ?? 0) + (key?.length ?? 0);
  if (isOrdered(headers)) for (const [name, content] of headers) bytes += name.length + (content?.length ?? 0);
  return bytes;
}

function isOrdered(headers: unknown): headers is OrderedHeaders {
  return Array.isArray(headers);
}

function isKeptList(headers: Record<string, string> | KeptList): headers is KeptList {
  return Array.isArray(headers);
}

function keptList(headers: OrderedHeaders): KeptList {
  return headers.map(([name, value]) => [name, Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value]);
}

function listIn(kept: KeptList): OrderedHeaders {
  return kept.map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : value,
  ]);
}
