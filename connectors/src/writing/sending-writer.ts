/**
 * A writer below exactly-once: records are sent as they come, in batches.
 *
 * Invariants
 * - One request at a time: records arrive in the order in which they were written. After a crash they may come again.
 * - What waits is bounded: `ready` is false above `MAX_WAITING_BYTES`.
 */
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../api/index.js';
import { Readiness } from './readiness.js';

const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Sends messages in their order; resolves when the other side has them. */
export interface MessageSender<M> {
  send(messages: readonly M[]): Promise<void>;
  close(): Promise<void>;
}

export interface SendingWriterOptions<M> {
  readonly sender: MessageSender<M>;
  messageOf(record: OutgoingRecord): M;
  /** About what a message takes on its way. */
  bytesOf(message: M): number;
  /** What the sender threw, as an operating error. */
  errorOf(cause: unknown): Error;
  /** Whether a flush waits for the other side. */
  readonly isAwaited: boolean;
  readonly context: Pick<ConnectorContext, 'fail'>;
}

export class SendingWriter<M> implements SinkWriter {
  readonly #readiness = new Readiness();
  #waiting: M[] = [];
  #waitingBytes = 0;
  #isSending = false;
  #sending: Promise<void> | undefined;
  #error: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly options: SendingWriterOptions<M>) {}

  write(record: OutgoingRecord): void {
    if (this.#error !== undefined) return;
    const message = this.options.messageOf(record);
    this.#waiting.push(message);
    this.#waitingBytes += this.options.bytesOf(message);
    if (this.#isSending) return;
    this.#isSending = true;
    // What is written in one step goes together.
    this.#sending = Promise.resolve().then(() => this.#sendAll());
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
    if (this.options.isAwaited) await this.#sending;
    if (this.#error !== undefined) throw this.#error;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#sending;
      await this.options.sender.close();
      if (this.#error !== undefined) throw this.#error;
    })();
    return this.#closing;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && this.#error === undefined) {
      const [messages, bytes] = [this.#waiting, this.#waitingBytes];
      this.#waiting = [];
      try {
        await this.options.sender.send(messages);
      } catch (error) {
        this.#error = this.options.errorOf(error);
        this.options.context.fail(this.#error);
      }
      this.#waitingBytes -= bytes;
      if (this.#takesMore) this.#readiness.tell();
    }
    // At once: what is written next begins anew.
    this.#isSending = false;
  }

  /** After an error nothing is kept, and so nobody waits. */
  get #takesMore(): boolean {
    return this.#error !== undefined || this.#waitingBytes < MAX_WAITING_BYTES;
  }
}
