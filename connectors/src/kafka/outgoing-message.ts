/** Records on their way into a topic: what is kept of them until they are sent, and the messages that are made of that. */
import type { Message } from 'kafkajs';
import type { OutgoingRecord } from '../api/index.js';

/** The header that holds the record's id. */
const ID_HEADER = 'id';

/** As W3C Trace Context has it. */
const TRACE_HEADER = 'traceparent';

/** What is kept of a record: value, key, timestamp (epoch milliseconds), headers. */
type Kept = readonly [value: string, key: string | null, timestamp: number, headers: Readonly<Record<string, string>>];

function kept({ payload, key, timestamp, headers, id, traceparent }: OutgoingRecord): Kept {
  const value = typeof payload === 'string' ? payload : Buffer.from(payload).toString();
  const own = {
    ...(id === undefined ? {} : { [ID_HEADER]: id }),
    ...(traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent }),
  };
  return [value, key ?? null, timestamp, { ...headers, ...own }];
}

/** As it lies in a staged epoch: a JSON list on one line. */
export function lineOf(record: OutgoingRecord): string {
  return JSON.stringify(kept(record));
}

/** @param keepsTime whether Kafka's timestamp is the event time; otherwise kafkajs takes the time of sending */
export function messageOf(record: OutgoingRecord, keepsTime: boolean): Message {
  return message(kept(record), keepsTime);
}

/** Of what `lineOf` wrote. @param keepsTime as above */
export function messageIn(line: string, keepsTime: boolean): Message {
  return message(JSON.parse(line) as Kept, keepsTime);
}

function message([value, key, timestamp, headers]: Kept, keepsTime: boolean): Message {
  return { value, key, headers: { ...headers }, ...(keepsTime ? { timestamp: String(timestamp) } : {}) };
}

/** About what a message takes on the wire. */
export function bytesOf({ value, key }: Message): number {
  return 64 + (value?.length ?? 0) + (key?.length ?? 0);
}
