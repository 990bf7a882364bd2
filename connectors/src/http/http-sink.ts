/**
 * Sends records by HTTP, at least once.
 *
 * Invariants
 * - One request at a time for each writer: records arrive in the order in which they were written.
 * - What waits is bounded: `ready` is false above `MAX_WAITING` characters, and while more waits than its pace allows.
 * - A request that is sent again has the same Idempotency-Key, made of its records' ids. Of single records it is the same in
 *   every run; how records are grouped into batches is not.
 * - `flush` resolves when everything written before it is acknowledged (or refused for good, and kept as rejected),
 *   however much is written meanwhile.
 */
import {
  connectorError,
  type ConnectorContext,
  type ConnectorError,
  type OutgoingRecord,
  type Sink,
  type SinkWriter,
  type WriterOptions,
} from '../api/index.js';
import { Pace } from '../writing/pace.js';
import { RejectedRecords } from '../writing/rejected-records.js';
import { UnstagedWriter } from '../writing/unstaged-writer.js';
import { Batch } from './batch.js';
import { HttpSender } from './http-sender.js';
import type { HttpSinkOptions } from './sink-options.js';

const MAX_WAITING = 1024 * 1024;

export class HttpSink implements Sink {
  readonly deliveries = ['none', 'at-least-once'] as const;

  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
  ) {}

  /** Throws a ConnectorError for an address or header that cannot be sent. */
  createWriter({ delivery }: WriterOptions): SinkWriter {
    return new HttpWriter(this.options, this.context, delivery !== 'none');
  }
}

class HttpWriter extends UnstagedWriter {
  readonly #sender: HttpSender;
  readonly #rejected: RejectedRecords;
  readonly #pace = new Pace();
  #open = new Batch();
  #waiting: Batch[] = [];
  /** Characters of the batches that wait and of the one in work. */
  #size = 0;
  /** Batches that were closed, and those of them that are acknowledged or refused. */
  #closed = 0;
  #settled = 0;
  readonly #flushes: { readonly upTo: number; done(): void }[] = [];
  #isSending = false;
  #cancelLinger: (() => void) | undefined;

  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
    isAwaited: boolean,
  ) {
    super({ isAwaited, context });
    this.#sender = new HttpSender(options, context);
    this.#rejected = new RejectedRecords(context);
  }

  write(record: OutgoingRecord): void {
    if (this.hasFailed) return;
    this.#open.add(record);
    this.#size += record.payload.length;
    if (this.#open.records.length >= this.options.batch) this.#sendOpen();
    else this.#cancelLinger ??= this.context.schedule(this.options.linger, () => this.#sendOpen());
  }

  override async flush(): Promise<void> {
    this.#sendOpen();
    await super.flush();
    await this.#rejected.flush();
  }

  protected get hasRoom(): boolean {
    return this.#size < MAX_WAITING && this.#pace.allows(this.#waiting.length);
  }

  protected async settled(): Promise<void> {
    this.#sendOpen();
    const upTo = this.#closed;
    if (!this.hasFailed && this.#settled < upTo) await new Promise<void>((done) => this.#flushes.push({ upTo, done }));
  }

  protected release(): Promise<void> {
    this.#sender.close();
    return this.#rejected.close();
  }

  #sendOpen(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    if (this.#open.records.length > 0) {
      this.#waiting.push(this.#open);
      this.#open = new Batch();
      this.#closed++;
    }
    if (!this.#isSending && !this.hasFailed) void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      const began = this.context.now();
      try {
        await this.#sender.send(batch.body(this.options.batch > 1), batch.idempotencyKey());
      } catch (error) {
        this.#failed(batch, connectorError(this.#sender.subject, error));
        if (this.hasFailed) break;
      }
      this.#pace.took(this.context.now() - began);
      this.#size -= batch.size;
      this.#settle(++this.#settled);
      this.roomMade();
    }
    this.#isSending = false;
  }

  #settle(upTo: number): void {
    while (this.#flushes[0] !== undefined && this.#flushes[0].upTo <= upTo) this.#flushes.shift()?.done();
  }

  #failed(batch: Batch, error: ConnectorError): void {
    if (error.code === 'refused' && this.options.onError === 'dead-letter') {
      for (const record of batch.records) this.#rejected.add(record, error.message);
      return;
    }
    this.#waiting = [];
    this.fail(error);
    this.#settle(this.#closed);
  }
}
