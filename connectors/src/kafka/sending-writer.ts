/**
 * The writer of a topic below exactly-once: records are sent as they come, in batches.
 *
 * Invariants
 * - One request at a time, by an idempotent producer: records arrive in the order in which they were written, and tries of
 *   kafkajs write none twice. After a crash records may come again.
 * - What waits is bounded: `ready` is false above `MAX_WAITING_BYTES`.
 */
import type { Message } from 'kafkajs';
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../api/index.js';
import { Readiness } from '../writing/readiness.js';
import { kafkaError } from './kafka-error.js';
import { bytesOf, messageOf } from './outgoing-message.js';

const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Sends messages in their order; resolves when the broker has them. */
export interface MessageSender {
  send(messages: readonly Message[]): Promise<void>;
  close(): Promise<void>;
}

export class SendingWriter implements SinkWriter {
  readonly #readiness = new Readiness();
  #waiting: Message[] = [];
  #waitingBytes = 0;
  #sending: Promise<void> | undefined;
  #error: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly sender: MessageSender,
    private readonly context: ConnectorContext,
    /** Whether a flush waits for the broker. */
    private readonly isAwaited: boolean,
    /** Whether Kafka's timestamps are event times. */
    private readonly keepsTime: boolean,
  ) {}

  write(record: OutgoingRecord): void {
    if (this.#error !== undefined) return;
    const message = messageOf(record, this.keepsTime);
    this.#waiting.push(message);
    this.#waitingBytes += bytesOf(message);
    // What is written in one step goes together.
    this.#sending ??= Promise.resolve()
      .then(() => this.#sendAll())
      .finally(() => {
        this.#sending = undefined;
      });
  }

  ready(): boolean {
    return this.#readiness.answer(this.#takesMore);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  /** Nothing is held back for a checkpoint. */
  stage(): Uint8Array {
    return new Uint8Array();
  }

  async flush(): Promise<void> {
    if (this.isAwaited) await this.#sending;
    if (this.#error !== undefined) throw this.#error;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#sending;
      await this.sender.close();
      if (this.#error !== undefined) throw this.#error;
    })();
    return this.#closing;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && this.#error === undefined) {
      const [messages, bytes] = [this.#waiting, this.#waitingBytes];
      this.#waiting = [];
      try {
        await this.sender.send(messages);
      } catch (error) {
        this.#error = kafkaError(`egress ${this.context.name}`, error);
        this.context.fail(this.#error);
      }
      this.#waitingBytes -= bytes;
      if (this.#takesMore) this.#readiness.tell();
    }
  }

  /** After an error nothing is kept, and so nobody waits. */
  get #takesMore(): boolean {
    return this.#error !== undefined || this.#waitingBytes < MAX_WAITING_BYTES;
  }
}
