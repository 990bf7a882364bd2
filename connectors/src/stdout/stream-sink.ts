/**
 * A writable stream of the process as a sink. The stream belongs to the process: it is never ended here.
 *
 * Invariants
 * - Each record is handed to the stream in its `write` call: nothing waits here.
 * - A reader that has gone (`| head`) is an error `closed`, told once; later records are dropped.
 */
import type { Writable } from 'node:stream';
import {
  connectorError,
  type ConnectorContext,
  type ConnectorError,
  type OutgoingRecord,
  type Sink,
  type SinkWriter,
} from '../api/index.js';
import { Readiness } from '../writing/readiness.js';

export class StreamSink implements Sink {
  readonly deliveries = ['at-least-once'] as const;
  #headerWritten = false;

  constructor(
    readonly stream: Writable,
    readonly subject: string,
    readonly context: ConnectorContext,
    readonly header: string | undefined,
  ) {}

  createWriter(): SinkWriter {
    const writer = new StreamWriter(this.stream, this.subject, this.context);
    if (this.header !== undefined && !this.#headerWritten) this.stream.write(`${this.header}\n`);
    this.#headerWritten = true;
    return writer;
  }
}

class StreamWriter implements SinkWriter {
  #error: ConnectorError | undefined;
  readonly #readiness = new Readiness();
  readonly #onDrain = (): void => this.#readiness.tell();
  readonly #onError = (error: Error): void => {
    if (this.#error !== undefined) return;
    this.#error = connectorError(this.subject, error);
    this.context.fail(this.#error);
  };

  constructor(
    readonly stream: Writable,
    readonly subject: string,
    readonly context: ConnectorContext,
  ) {
    stream.on('drain', this.#onDrain);
    stream.on('error', this.#onError);
  }

  write(record: OutgoingRecord): void {
    if (this.#error !== undefined) return;
    const { payload } = record;
    this.stream.write(typeof payload === 'string' ? `${payload}\n` : Buffer.concat([payload, Buffer.from('\n')]));
  }

  ready(): boolean {
    return this.#readiness.answer(this.#error !== undefined || !this.stream.writableNeedDrain);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  stage(): Uint8Array {
    return new Uint8Array();
  }

  async flush(): Promise<void> {
    if (this.#error === undefined) {
      // A write's callback comes after those of all writes before it.
      await new Promise<void>((resolve) => this.stream.write('', () => resolve()));
    }
    if (this.#error !== undefined) throw this.#error;
  }

  async close(): Promise<void> {
    if (this.#error === undefined) await this.flush().catch(() => undefined);
    this.stream.off('drain', this.#onDrain);
    // The error listener stays: an error that comes late must not end the process.
  }
}
