/**
 * Messages of one partition in a reader's queue: of each what its record is made of when it is polled.
 *
 * Invariants
 * - Nothing of kafkajs is kept: its messages are some ten objects each, which are garbage as soon as they are added here. Decoded
 *   values are made when they are polled, and die young.
 */
import type { KafkaMessage } from 'kafkajs';
import { BadRecordError, type Format, type SourceBatch } from '../api/index.js';
import { setOwn } from '../formats/own-property.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import type { Chunk } from '../reading/split-queue.js';
import type { KafkaSourceOptions } from './source-options.js';
import { splitId, type TopicPartition } from './topic-partition.js';

export type FieldNames = NonNullable<KafkaSourceOptions['fields']>;
type Headers = Readonly<Record<string, string>>;

/** What a message takes in memory besides its bytes: about. */
const MESSAGE_BYTES = 64;

export class MessageChunk implements Chunk {
  readonly #builder: BatchBuilder;
  readonly #values: (string | Buffer | null)[] = [];
  readonly #offsets: number[] = [];
  readonly #keys: (string | null)[] = [];
  readonly #timestamps: number[] = [];
  readonly #headers: (Headers | undefined)[] = [];
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

  add(offset: number, { key, value, timestamp, headers }: KafkaMessage): void {
    this.#bytes += MESSAGE_BYTES + (value?.length ?? 0);
    const text = headersOf(headers);
    this.#hasHeaders ||= text !== undefined;
    this.#headers.push(text);
    this.#offsets.push(offset);
    this.#values.push(value === null || this.format.binary === true ? value : value.toString());
    if (this.names?.key !== undefined) this.#keys.push(key?.toString() ?? null);
    if (this.names?.timestamp !== undefined) this.#timestamps.push(Number(timestamp));
    this.#nextOffset = offset + 1;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#offsets.length;
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
    const left = this.#offsets.length - this.#taken;
    const count = Math.min(left, Math.max(1, Math.floor((left * maxBytes) / this.#bytes)));
    const [from, to] = [this.#taken, this.#taken + count];
    for (let i = from; i < to; i++) this.#make(i);
    const bytes = count === left ? this.#bytes : Math.round((this.#bytes * count) / left);
    this.#bytes -= bytes;
    this.#taken = to;
    const batch = this.#builder.take(bytes, this.#offsets[to] ?? this.#nextOffset);
    return batch !== undefined && this.#hasHeaders ? { ...batch, headers: this.#headers.slice(from, to) } : batch;
  }

  #make(index: number): void {
    const [value, offset] = [this.#values[index]!, this.#offsets[index]!];
    if (value === null) this.#builder.bad('', offset, 'the message has no value');
    else if (this.names === undefined) this.#builder.payload(value, offset);
    else this.#makeWithFields(value, offset, index, this.names);
    this.#values[index] = null;
  }

  #makeWithFields(value: string | Buffer, offset: number, index: number, names: FieldNames): void {
    try {
      const record = this.format.decode(value) as Record<string, unknown>;
      const key = this.#keys[index] ?? null;
      if (key !== null) add(record, names.key, key);
      add(record, names.timestamp, this.#timestamps[index]);
      add(record, names.topic, this.where.topic);
      add(record, names.partition, this.where.partition);
      add(record, names.offset, offset);
      addHeaders(record, names.headers, this.#headers[index]);
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
function addHeaders(record: Record<string, unknown>, names: FieldNames['headers'], headers: Headers | undefined): void {
  if (names === undefined || headers === undefined) return;
  for (const [header, name] of Object.entries(names))
    if (Object.hasOwn(headers, header)) add(record, name, headers[header]);
}

type MaybeText = Buffer | string | null | undefined;

/** The last value of each header, as text. */
function headersOf(headers: { readonly [name: string]: MaybeText | MaybeText[] } | undefined): Headers | undefined {
  if (headers === undefined || isEmpty(headers)) return undefined;
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    // Kafka also has headers without a value.
    return last === undefined || last === null ? [] : [[name, last.toString()] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
