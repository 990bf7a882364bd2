/**
 * Makes records of Kafka's messages: the value as text, which the format decodes later; or, where fields are asked for that
 * stand beside the value, the decoded record with these added.
 */
import type { KafkaMessage } from 'kafkajs';
import { BadRecordError, type Format, type SourceBatch } from '../api/index.js';
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

  begin(split: string): MessageBatch {
    return new MessageBatch(split, this.format, this.names);
  }
}

export class MessageBatch {
  readonly #payloads: unknown[] = [];
  readonly #offsets: number[] = [];
  readonly #headers: (Headers | undefined)[] = [];
  readonly #bad = new Map<number, string>();
  #hasHeaders = false;
  #bytes = 0;

  constructor(
    private readonly split: string,
    private readonly format: Format,
    private readonly names: FieldNames | undefined,
  ) {}

  add(where: TopicPartition, offset: number, message: KafkaMessage): void {
    const { value, headers } = message;
    this.#bytes += MESSAGE_BYTES + (value?.length ?? 0);
    const text = headersOf(headers);
    this.#hasHeaders ||= text !== undefined;
    this.#headers.push(text);
    this.#offsets.push(offset);
    if (value === null) {
      this.#bad.set(this.#payloads.length, 'the message has no value');
      this.#payloads.push('');
      return;
    }
    const payload = value.toString();
    this.#payloads.push(this.names === undefined ? payload : this.#withFields(payload, where, offset, message));
  }

  /** @returns the payload itself, noted as bad, if it cannot be read */
  #withFields(payload: string, where: TopicPartition, offset: number, { key, timestamp }: KafkaMessage): unknown {
    const names = this.names!;
    try {
      const record = this.format.decode(payload) as Record<string, unknown>;
      const add = (name: string | undefined, value: unknown): void => {
        if (name !== undefined) Object.defineProperty(record, name, { value, ...PLAIN });
      };
      if (key !== null) add(names.key, key.toString());
      add(names.timestamp, Number(timestamp));
      add(names.topic, where.topic);
      add(names.partition, where.partition);
      add(names.offset, offset);
      return record;
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      this.#bad.set(this.#payloads.length, error.reason);
      return payload;
    }
  }

  /** @param nextOffset behind the last message that was looked at */
  take(nextOffset: number): SourceBatch | undefined {
    if (this.#payloads.length === 0) return undefined;
    return {
      split: this.split,
      payloads: this.#payloads,
      offsets: this.#offsets,
      bytes: this.#bytes,
      nextOffset,
      ...(this.#bad.size > 0 ? { bad: this.#bad } : {}),
      ...(this.#hasHeaders ? { headers: this.#headers } : {}),
    };
  }
}

/** An own property also where the name is `__proto__`. */
const PLAIN = { writable: true, enumerable: true, configurable: true } as const;

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
