/**
 * What the writers below exactly-once have in common that send records as they come.
 *
 * Invariants
 * - Nothing is held back for a checkpoint: a flush resolves when all that was written before it is settled, where the
 *   delivery asks for that.
 * - After the first error nothing is taken and nobody waits: the job is told once, `flush` and `close` reject with it.
 */
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../api/index.js';
import { Readiness } from './readiness.js';

export interface UnstagedWriterOptions {
  /** Whether a flush waits for the other side. */
  readonly isAwaited: boolean;
  readonly context: Pick<ConnectorContext, 'fail'>;
}

export abstract class UnstagedWriter implements SinkWriter {
  readonly #readiness = new Readiness();
  #error: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly delivering: UnstagedWriterOptions) {}

  abstract write(record: OutgoingRecord): void;

  /** Whether more may wait than does. */
  protected abstract get hasRoom(): boolean;

  /** Resolves when all that was written before has arrived, was given up, or is dropped after an error. Never rejects. */
  protected abstract settled(): Promise<void>;

  /** Lets go of what is held, when a close has waited. */
  protected abstract release(): Promise<void>;

  /** What a close waits for. */
  protected lastSettled(): Promise<void> {
    return this.settled();
  }

  ready(): boolean {
    return this.#readiness.answer(this.#takesMore);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  stage(): Uint8Array {
    return new Uint8Array();
  }

  async flush(): Promise<void> {
    if (this.delivering.isAwaited) await this.settled();
    if (this.#error !== undefined) throw this.#error;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  protected get hasFailed(): boolean {
    return this.#error !== undefined;
  }

  /** To be called once. */
  protected fail(error: Error): void {
    this.#error = error;
    this.delivering.context.fail(error);
    this.#readiness.tell();
  }

  /** Room has come about. */
  protected roomMade(): void {
    if (this.#takesMore) this.#readiness.tell();
  }

  async #close(): Promise<void> {
    await this.lastSettled();
    await this.release();
    if (this.#error !== undefined) throw this.#error;
  }

  get #takesMore(): boolean {
    return this.#error !== undefined || this.hasRoom;
  }
}
