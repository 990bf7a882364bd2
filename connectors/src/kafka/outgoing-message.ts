/** Records on their way into a topic: what is kept of them until they are sent, and the messages that are made of that. */
import type { Message } from 'kafkajs';
import type { OutgoingRecord } from '../api/index.js';

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
type Kept = readonly [value: string | { readonly base64: string }, ...Rest, topic?: string];
type Rest = readonly [key: string | null, timestamp: number, headers: Headers, partition?: number | null];

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
  const rest = restOf(record, constant);
  if (topic === undefined) return JSON.stringify([value, ...rest] satisfies Kept);
  const [key, timestamp, headers, partition = null] = rest;
  return JSON.stringify([value, key, timestamp, headers, partition, topic] satisfies Kept);
}

/** @param keepsTime whether Kafka's timestamp is the event time; otherwise kafkajs takes the time of sending */
export function messageOf(record: OutgoingRecord, keepsTime: boolean, constant: Headers = {}): Message {
  const { payload } = record;
  return message(typeof payload === 'string' ? payload : Buffer.from(payload), restOf(record, constant), keepsTime);
}

/** Of what `lineOf` wrote. @param keepsTime as above @param main the epoch's topic */
export function messageIn(line: string, keepsTime: boolean, main: string): AddressedMessage {
  const [value, key, timestamp, headers, partition, topic = main] = JSON.parse(line) as Kept;
  const content = typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
  return { topic, message: message(content, [key, timestamp, headers, partition ?? null], keepsTime) };
}

/** A key that the egress computes goes before the alert's. */
function restOf(record: OutgoingRecord, constant: Headers): Rest {
  const { key, values, timestamp, headers, id, traceparent } = record;
  const own = {
    ...(values === undefined ? {} : headersIn(values)),
    ...(id === undefined ? {} : { [ID_HEADER]: id }),
    ...(traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent }),
  };
  const partition = values?.['partition'];
  const rest = [values?.['key']?.toString() ?? key ?? null, timestamp, { ...headers, ...constant, ...own }] as const;
  return typeof partition === 'number' ? [...rest, partition] : rest;
}

function headersIn(values: NonNullable<OutgoingRecord['values']>): Headers {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([option]) => option.startsWith(HEADERS))
      .map(([option, value]) => [option.slice(HEADERS.length), String(value)]),
  );
}

function message(value: string | Buffer, [key, timestamp, headers, partition]: Rest, keepsTime: boolean): Message {
  return {
    value,
    key,
    headers: { ...headers },
    ...(typeof partition === 'number' ? { partition } : {}),
    ...(keepsTime ? { timestamp: String(timestamp) } : {}),
  };
}

/** About what a message takes on the wire. */
export function bytesOf({ value, key }: Message): number {
  return 64 + (value?.length ?? 0) + (key?.length ?? 0);
}
