/** Records on their way into a topic: what is kept of them until they are sent, and the messages that are made of that. */
import type { Message } from 'kafkajs';
import type { OutgoingRecord } from '../api/index.js';

/** The header that holds the record's id. */
const ID_HEADER = 'id';

/** As it lies in a staged epoch, one JSON list a line: value, key, timestamp (epoch milliseconds), headers. */
type Line = readonly [value: string, key: string | null, timestamp: number, headers: Readonly<Record<string, string>>];

export function lineOf(record: OutgoingRecord): string {
  const { payload, key, timestamp, headers, id } = record;
  const value = typeof payload === 'string' ? payload : Buffer.from(payload).toString();
  const line: Line = [value, key ?? null, timestamp, { ...headers, ...(id === undefined ? {} : { [ID_HEADER]: id }) }];
  return JSON.stringify(line);
}

/** @param keepsTime whether Kafka's timestamp is the event time; otherwise kafkajs takes the time of sending */
export function messageOf(line: string, keepsTime: boolean): Message {
  const [value, key, timestamp, headers] = JSON.parse(line) as Line;
  return { value, key, headers: { ...headers }, ...(keepsTime ? { timestamp: String(timestamp) } : {}) };
}

/** About what a message takes on the wire. */
export function bytesOf({ value, key }: Message): number {
  return 64 + (value?.length ?? 0) + (key?.length ?? 0);
}
