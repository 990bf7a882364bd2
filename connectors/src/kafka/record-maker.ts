/**
 * Makes records of Kafka's messages: the value as text, which the format decodes later; or, where fields are asked for that
 * stand beside the value, the decoded record with these added.
 */
import type { KafkaMessage } from 'kafkajs';
import { BadRecordError, type Format, type SourceBatch } from '../api/index.js';
import { setOwn } from '../formats/own-property.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import type { KafkaSourceOptions } from './source-options.js';
import type { TopicPartition } from './topic-partition.js';

type FieldNames = NonNullable<KafkaSourceOptions['fields']>;
type Headers = Readonly<Record<string, string>>;

/** What a message takes in memory besides its bytes: about. */
const MESSAGE_BYTES = 64;

export class RecordMaker {
  constructor(
    private readonly format: Format,
    private readonly names: FieldNames | undefined,
  ) {}

  /** To be awaited before these are added. Rejects with a ConnectorError. */
  async prepare(messages: readonly KafkaMessage[]): Promise<void> {
    const { format } = this;
    if (format.prepare === undefined) return;
    await Promise.all(messages.map(({ value }) => (value === null ? undefined : format.prepare!(value))));
  }

  begin(split: string): MessageBatch {
    return new MessageBatch(split, this.format, this.names);
  }
}

export class MessageBatch {
  readonly #batch: BatchBuilder;
  readonly #headers: (Headers | undefined)[] = [];
  #hasHeaders = false;
  #bytes = 0;

  constructor(
    split: string,
    private readonly format: Format,
    private readonly names: FieldNames | undefined,
  ) {
    this.#batch = new BatchBuilder(split);
  }

  add(where: TopicPartition, offset: number, message: KafkaMessage): void {
    const { value, headers } = message;
    this.#bytes += MESSAGE_BYTES + (value?.length ?? 0);
    const text = headersOf(headers);
    this.#hasHeaders ||= text !== undefined;
    this.#headers.push(text);
    if (value === null) return this.#batch.bad('', offset, 'the message has no value');
    const payload = this.format.binary === true ? value : value.toString();
    if (this.names === undefined) this.#batch.payload(payload, offset);
    else this.#addWithFields(payload, this.names, where, offset, message);
  }

  #addWithFields(
    payload: string | Buffer,
    names: FieldNames,
    where: TopicPartition,
    offset: number,
    { key, timestamp }: KafkaMessage,
  ): void {
    try {
      const record = this.format.decode(payload) as Record<string, unknown>;
      const add = (name: string | undefined, value: unknown): void => {
        if (name !== undefined) setOwn(record, name, value);
      };
      if (key !== null) add(names.key, key.toString());
      add(names.timestamp, Number(timestamp));
      add(names.topic, where.topic);
      add(names.partition, where.partition);
      add(names.offset, offset);
      this.#batch.payload(record, offset);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      this.#batch.bad(payload.toString('latin1'), offset, error.reason);
    }
  }

  /** @param nextOffset behind the last message that was looked at */
  take(nextOffset: number): SourceBatch | undefined {
    const batch = this.#batch.take(this.#bytes, nextOffset);
    return batch !== undefined && this.#hasHeaders ? { ...batch, headers: this.#headers } : batch;
  }
}

type MaybeText = Buffer | string | null | undefined;

/** The last value of each header, as text. */
function headersOf(headers: { readonly [name: string]: MaybeText | MaybeText[] } | undefined): Headers | undefined {
  if (headers === undefined) return undefined;
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    // Kafka also has headers without a value.
    return last === undefined || last === null ? [] : [[name, last.toString()] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
