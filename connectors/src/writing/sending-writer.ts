/**
 * A writer below exactly-once: records are sent as they come, in batches.
 *
 * Invariants
 * - One request at a time: records arrive in the order in which they were written. After a crash they may come again.
 * - A close waits for the other side no longer than a moment: what it does not have then is in no complete checkpoint, and comes again.
 * - What waits is bounded: `ready` is false above `MAX_WAITING_BYTES`.
 */
import type { ConnectorContext, OutgoingRecord } from '../api/index.js';
import { lastMoment } from '../closing/last-moment.js';
import { UnstagedWriter, type UnstagedWriterOptions } from './unstaged-writer.js';

const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** So long what is under way may still take when the writer is closed. */
const LAST_SENDS_MS = 5000;

/** Sends messages in their order; resolves when the other side has them. */
export interface MessageSender<M> {
  send(messages: readonly M[]): Promise<void>;
  close(): Promise<void>;
}

export interface SendingWriterOptions<M> extends UnstagedWriterOptions {
  readonly sender: MessageSender<M>;
  messageOf(record: OutgoingRecord): M;
  /** About what a message takes on its way. */
  bytesOf(message: M): number;
  /** What the sender threw, as an operating error. */
  errorOf(cause: unknown): Error;
  readonly context: Pick<ConnectorContext, 'fail' | 'schedule'>;
}

export class SendingWriter<M> extends UnstagedWriter {
  #waiting: M[] = [];
  #waitingBytes = 0;
  #isSending = false;
  #sending: Promise<void> | undefined;
  /** Nobody waits any more. */
  #isOver = false;

  constructor(private readonly options: SendingWriterOptions<M>) {
    super(options);
  }

  write(record: OutgoingRecord): void {
    if (this.hasFailed) return;
    const message = this.options.messageOf(record);
    this.#waiting.push(message);
    this.#waitingBytes += this.options.bytesOf(message);
    if (this.#isSending) return;
    this.#isSending = true;
    // What is written in one step goes together.
    this.#sending = Promise.resolve().then(() => this.#sendAll());
  }

  /** Waits also where a flush does not: there is nobody to send it later. */
  async end(): Promise<void> {
    await this.settled();
    await this.flush();
  }

  protected get hasRoom(): boolean {
    return this.#waitingBytes < MAX_WAITING_BYTES;
  }

  protected async settled(): Promise<void> {
    await this.#sending;
  }

  protected override async lastSettled(): Promise<void> {
    await lastMoment(this.options.context, LAST_SENDS_MS, this.settled());
    this.#isOver = true;
  }

  protected release(): Promise<void> {
    return this.options.sender.close();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.hasFailed && !this.#isOver) {
      const [messages, bytes] = [this.#waiting, this.#waitingBytes];
      this.#waiting = [];
      try {
        await this.options.sender.send(messages);
      } catch (error) {
        if (this.#isOver) return;
        this.fail(this.options.errorOf(error));
      }
      this.#waitingBytes -= bytes;
      this.roomMade();
    }
    // At once: what is written next begins anew.
    this.#isSending = false;
  }
}
