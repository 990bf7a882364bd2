/**
 * Sends records by HTTP, at least once.
 *
 * Invariants
 * - One request at a time for each writer: records arrive in the order in which they were written.
 * - What waits is bounded: `ready` is false above `MAX_WAITING` characters, and while more waits than is sent in about
 *   `MAX_WAITING_MS`. So a checkpoint, which waits for it, completes also while the receiver is slow.
 * - A request that is sent again has the same Idempotency-Key, made of its records' ids. Of single records it is the same in
 *   every run; how records are grouped into batches is not.
 * - `flush` resolves when everything written before it is acknowledged (or refused for good, and kept as rejected),
 *   however much is written meanwhile.
 */
import { join } from 'node:path';
import {
  ConnectorError,
  connectorError,
  type ConnectorContext,
  type OutgoingRecord,
  type Sink,
  type SinkWriter,
} from '../api/index.js';
import { FileAppender } from '../disk/file-appender.js';
import { Readiness } from '../writing/readiness.js';
import { Batch } from './batch.js';
import { HttpSender } from './http-sender.js';
import type { HttpSinkOptions } from './sink-options.js';

const MAX_WAITING = 1024 * 1024;
const MAX_WAITING_MS = 1000;
/** Weight of the latest request in what one is expected to take. */
const NEWS = 0.25;

export class HttpSink implements Sink {
  readonly deliveries = ['at-least-once'] as const;
  #rejected: FileAppender | undefined;
  #writers = 0;

  /** Throws a ConnectorError for an address or header that cannot be sent. */
  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
  ) {
    if (!URL.canParse(options.url)) {
      throw new ConnectorError('invalid-option', `egress ${context.name}: url: ${options.url} is no address`);
    }
    const headers = { 'content-type': options.contentType, ...options.headers };
    for (const [name, value] of Object.entries(headers)) assertHeader(context.name, name, value);
  }

  createWriter(): SinkWriter {
    this.#writers++;
    return new HttpWriter(this.options, this.context, {
      reject: (batch, reason) => this.#reject(batch, reason),
      flush: async () => this.#rejected?.flush(),
      close: async () => {
        if (--this.#writers === 0) await this.#rejected?.close();
      },
    });
  }

  #reject(batch: Batch, reason: string): void {
    const path = join(this.context.stateDir, 'rejected.jsonl');
    this.#rejected ??= new FileAppender({ path, mode: 'a', context: this.context });
    for (const { payload, id } of batch.records) {
      const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString();
      this.#rejected.write(`${JSON.stringify({ reason, id, payload: text })}\n`);
    }
  }
}

interface Rejections {
  reject(batch: Batch, reason: string): void;
  /** Resolves when what was rejected is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

class HttpWriter implements SinkWriter {
  readonly #sender: HttpSender;
  #open = new Batch();
  #waiting: Batch[] = [];
  /** Characters of the batches that wait and of the one in work. */
  #size = 0;
  /** What a request takes, ms; before the first one it is not known. */
  #requestMs = MAX_WAITING_MS;
  /** Batches that were closed, and those of them that are acknowledged or refused. */
  #closed = 0;
  #settled = 0;
  readonly #flushes: { readonly upTo: number; done(): void }[] = [];
  #isSending = false;
  #cancelLinger: (() => void) | undefined;
  #error: ConnectorError | undefined;
  readonly #readiness = new Readiness();
  #closing: Promise<void> | undefined;

  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
    readonly rejections: Rejections,
  ) {
    this.#sender = new HttpSender(options, context);
  }

  write(record: OutgoingRecord): void {
    if (this.#error !== undefined) return;
    this.#open.add(record);
    this.#size += record.payload.length;
    if (this.#open.records.length >= this.options.batch) this.#sendOpen();
    else this.#cancelLinger ??= this.context.schedule(this.options.linger, () => this.#sendOpen());
  }

  ready(): boolean {
    return this.#readiness.answer(this.#takesMore);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  /** At least once: nothing is held back for a checkpoint. */
  stage(): Uint8Array {
    return new Uint8Array();
  }

  async flush(): Promise<void> {
    this.#sendOpen();
    const upTo = this.#closed;
    if (this.#error === undefined && this.#settled < upTo)
      await new Promise<void>((done) => this.#flushes.push({ upTo, done }));
    if (this.#error !== undefined) throw this.#error;
    await this.rejections.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.flush().finally(() => this.rejections.close());
    return this.#closing;
  }

  #sendOpen(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    if (this.#open.records.length > 0) {
      this.#waiting.push(this.#open);
      this.#open = new Batch();
      this.#closed++;
    }
    if (!this.#isSending && this.#error === undefined) void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      const began = this.context.now();
      try {
        await this.#sender.send(batch.body(this.options.batch > 1), batch.idempotencyKey());
      } catch (error) {
        this.#failed(batch, connectorError(this.options.url, error));
        if (this.#error !== undefined) break;
      }
      this.#requestMs += NEWS * (this.context.now() - began - this.#requestMs);
      this.#size -= batch.size;
      this.#settle(++this.#settled);
      if (this.#takesMore) this.#readiness.tell();
    }
    this.#isSending = false;
  }

  #settle(upTo: number): void {
    while (this.#flushes[0] !== undefined && this.#flushes[0].upTo <= upTo) this.#flushes.shift()?.done();
  }

  #failed(batch: Batch, error: ConnectorError): void {
    if (error.code === 'refused' && this.options.onError === 'dead-letter') {
      return this.rejections.reject(batch, error.message);
    }
    this.#error = error;
    this.#waiting = [];
    this.context.fail(error);
    this.#readiness.tell();
    this.#settle(this.#closed);
  }

  /** After an error nothing is kept, and so nobody waits. */
  get #takesMore(): boolean {
    if (this.#error !== undefined) return true;
    return this.#size < MAX_WAITING && this.#waiting.length * this.#requestMs < MAX_WAITING_MS;
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/** A value may come from a placeholder: a line end in it would begin another header. */
function assertHeader(egress: string, name: string, value: string): void {
  if (TOKEN.test(name) && !CONTROL.test(value)) return;
  throw new ConnectorError(
    'invalid-option',
    `egress ${egress}: header ${JSON.stringify(name)} has a name or value that cannot be sent`,
  );
}
