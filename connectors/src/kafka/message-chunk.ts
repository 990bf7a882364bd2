/**
 * Messages of one partition in a reader's queue: records are made of them when they are polled.
 *
 * Invariant: of a message that waits there is one object, and its bytes off the heap. Texts and decoded values are made when they are
 * polled, and die young.
 */
import { BadRecordError, type Format, type SourceBatch } from '../api/index.js';
import { setOwn } from '../formats/own-property.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import type { Chunk } from '../reading/split-queue.js';
import type { FetchedRecord } from './fetched/fetched-record.js';
import type { KafkaSourceOptions } from './source-options.js';
import { splitId, type TopicPartition } from './topic-partition.js';

export type FieldNames = NonNullable<KafkaSourceOptions['fields']>;
type Headers = Readonly<Record<string, string>>;

/** What a message takes in memory besides its bytes: about. */
const MESSAGE_BYTES = 64;

export class MessageChunk implements Chunk {
  readonly #builder: BatchBuilder;
  readonly #messages: (FetchedRecord | undefined)[] = [];
  #hasHeaders = false;
  #bytes = 0;
  /** How many were taken. */
  #taken = 0;
  #nextOffset = 0;

  constructor(
    private readonly where: TopicPartition,
    private readonly format: Format,
    private readonly names: FieldNames | undefined,
  ) {
    this.#builder = new BatchBuilder(splitId(where));
  }

  add(message: FetchedRecord): void {
    this.#bytes += MESSAGE_BYTES + message.bytesOfParts;
    this.#hasHeaders ||= message.hasHeaders;
    this.#messages.push(message);
    this.#nextOffset = message.offsetNumber + 1;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#messages.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Behind the last message. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Takes records to be of one size. Not of an empty one. */
  take(maxBytes: number): SourceBatch | undefined {
    const left = this.#messages.length - this.#taken;
    const count = Math.min(left, Math.max(1, Math.floor((left * maxBytes) / this.#bytes)));
    const [from, to] = [this.#taken, this.#taken + count];
    const headers = this.#hasHeaders ? this.#messages.slice(from, to).map((message) => headersOf(message!)) : undefined;
    for (let i = from; i < to; i++) {
      this.#make(this.#messages[i]!);
      this.#messages[i] = undefined;
    }
    const bytes = count === left ? this.#bytes : Math.round((this.#bytes * count) / left);
    this.#bytes -= bytes;
    this.#taken = to;
    const batch = this.#builder.take(bytes, this.#messages[to]?.offsetNumber ?? this.#nextOffset);
    return batch !== undefined && headers?.some((each) => each !== undefined) === true ? { ...batch, headers } : batch;
  }

  #make(message: FetchedRecord): void {
    const { offsetNumber: offset } = message;
    const value = this.format.binary === true ? message.value : message.text;
    if (value === null) this.#builder.bad('', offset, 'the message has no value');
    else if (this.names === undefined) this.#builder.payload(value, offset);
    else this.#makeWithFields(value, message, this.names);
  }

  #makeWithFields(value: string | Buffer, message: FetchedRecord, names: FieldNames): void {
    const { offsetNumber: offset } = message;
    try {
      const record = this.format.decode(value) as Record<string, unknown>;
      if (names.key !== undefined) {
        const { key } = message;
        if (key !== null) add(record, names.key, key.toString());
      }
      add(record, names.timestamp, message.time);
      add(record, names.topic, this.where.topic);
      add(record, names.partition, this.where.partition);
      add(record, names.offset, offset);
      addHeaders(record, names.headers, message);
      this.#builder.payload(record, offset);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      this.#builder.bad(value.toString('latin1'), offset, error.reason);
    }
  }
}

function add(record: Record<string, unknown>, name: string | undefined, value: unknown): void {
  if (name !== undefined) setOwn(record, name, value);
}

/** @param names of fields, by header */
function addHeaders(record: Record<string, unknown>, names: FieldNames['headers'], message: FetchedRecord): void {
  if (names === undefined) return;
  const headers = headersOf(message) ?? {};
  for (const [header, name] of Object.entries(names))
    if (Object.hasOwn(headers, header)) add(record, name, headers[header]);
}

/** The last value of each header, as text; undefined where there are none. */
function headersOf(message: FetchedRecord): Headers | undefined {
  if (!message.hasHeaders) return undefined;
  const entries = Object.entries(message.headers).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    // Kafka also has headers without a value.
    return last === undefined || last === null ? [] : [[name, last.toString()] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
