/**
 * Delivers alerts from the writer itself, at least once.
 *
 *     waiting ──▶ sending ──▶ settled                   delivered, or given up
 *        ▲           │
 *        └─ pausing ◀┘                                  to be sent again
 *
 * Invariants
 * - A flush resolves when everything written before it is settled: a checkpoint holds nothing that is on its way.
 * - What is not settled is bounded: `ready` is false above `MAX_OPEN_BYTES`, and while more waits than the pace allows.
 * - An alert that pauses holds back no other one; a receiver that says 429 with Retry-After holds back all.
 */
import { ConnectorError, type ConnectorContext, type OutgoingRecord, type SinkWriter } from '../api/index.js';
import type { PostOutcome } from '../calling/poster.js';
import { retryPause } from '../calling/retry-pause.js';
import { Pace } from '../writing/pace.js';
import { Readiness } from '../writing/readiness.js';
import { RejectedRecords } from '../writing/rejected-records.js';
import { bytesOf, deliveryOf, type Delivery } from './delivery.js';
import { RequestRate } from './request-rate.js';
import type { WebhookOptions } from './sink-options.js';
import type { WebhookReceiver } from './webhook-receiver.js';

const MAX_OPEN_BYTES = 1024 * 1024;

type NotDone = Exclude<PostOutcome, { kind: 'done' }>;

interface Open {
  readonly delivery: Delivery;
  retries: number;
  readonly settled: Promise<void>;
  settle(): void;
}

export class DirectWriter implements SinkWriter {
  readonly #open = new Set<Open>();
  #openBytes = 0;
  /** Due, in their order. */
  readonly #waiting: Open[] = [];
  #sending = 0;
  #cancelLater: (() => void) | undefined;
  readonly #rate: RequestRate;
  readonly #pace = new Pace();
  readonly #readiness = new Readiness();
  readonly #rejected: RejectedRecords;
  #error: ConnectorError | undefined;
  #closing: Promise<void> | undefined;

  /** @param isAwaited whether a flush waits for the receiver */
  constructor(
    private readonly receiver: WebhookReceiver,
    private readonly options: WebhookOptions,
    private readonly context: ConnectorContext,
    private readonly isAwaited: boolean,
  ) {
    this.#rate = new RequestRate(options.rateLimit);
    this.#rejected = new RejectedRecords(context);
  }

  write(record: OutgoingRecord): void {
    if (this.#error !== undefined) return;
    const delivery = deliveryOf(record, () => this.context.random());
    let settle = (): void => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const open: Open = { delivery, retries: 0, settled, settle };
    this.#open.add(open);
    this.#openBytes += bytesOf(delivery);
    this.#waiting.push(open);
    this.#sendDue();
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
    if (this.isAwaited) await this.#allSettled();
    if (this.#error !== undefined) throw this.#error;
    await this.#rejected.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#allSettled();
    this.receiver.close();
    await this.#rejected.close();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Of what was written before. */
  async #allSettled(): Promise<void> {
    await Promise.all([...this.#open].map(({ settled }) => settled));
  }

  #sendDue(): void {
    while (this.#sending < this.options.concurrency && this.#error === undefined && this.#cancelLater === undefined) {
      if (this.#waiting.length === 0) return;
      const pause = this.#rate.take(this.context.now());
      if (pause > 0) {
        this.#cancelLater = this.context.schedule(pause, () => {
          this.#cancelLater = undefined;
          this.#sendDue();
        });
        return;
      }
      void this.#send(this.#waiting.shift()!);
    }
  }

  async #send(open: Open): Promise<void> {
    this.#sending++;
    const began = this.context.now();
    const outcome = await this.receiver.send(open.delivery);
    this.#sending--;
    this.#pace.took(this.context.now() - began);
    if (outcome.kind === 'done') this.#settle(open);
    else this.#failed(open, outcome);
    this.#sendDue();
  }

  #failed(open: Open, outcome: NotDone): void {
    // After an error nothing is sent any more.
    if (this.#error !== undefined) return this.#settle(open);
    if (outcome.kind === 'refused' || open.retries >= this.options.retries) return this.#giveUp(open, outcome);
    const { maxBackoff } = this.options;
    const asked = Math.min(maxBackoff, outcome.retryAfter ?? 0);
    const pause = Math.max(retryPause(this.options, open.retries, this.context.random()), asked);
    if (outcome.isTooMany === true) this.#rate.holdUntil(this.context.now() + asked);
    open.retries++;
    this.context.metrics?.count('deliveries.retried');
    this.context.log?.(`${this.receiver.subject}: ${outcome.reason}; again in ${pause} ms`);
    this.context.schedule(pause, () => {
      this.#waiting.push(open);
      this.#sendDue();
    });
  }

  #giveUp(open: Open, outcome: NotDone): void {
    const isFinal = outcome.kind === 'refused';
    const reason = `${this.receiver.subject}: ${outcome.reason}${isFinal ? '' : `, after ${open.retries} retries`}`;
    this.context.metrics?.count('deliveries.given_up');
    if (this.options.then === 'fail') return this.#fail(reason, isFinal);
    const { id, body } = open.delivery;
    if (this.options.then === 'dead-letter') this.#rejected.add({ id, payload: body }, reason);
    this.context.log?.(`${reason}: the alert is ${this.options.then === 'drop' ? 'dropped' : 'kept as a dead letter'}`);
    this.#settle(open);
  }

  /** Nothing is kept any more, and so nobody waits. */
  #fail(reason: string, isFinal: boolean): void {
    this.#error = new ConnectorError(isFinal ? 'refused' : 'unavailable', reason, { retriable: !isFinal });
    this.#cancelLater?.();
    this.context.fail(this.#error);
    for (const open of [...this.#open]) this.#settle(open);
    this.#readiness.tell();
  }

  #settle(open: Open): void {
    if (!this.#open.delete(open)) return;
    this.#openBytes -= bytesOf(open.delivery);
    open.settle();
    if (this.#takesMore) this.#readiness.tell();
  }

  get #takesMore(): boolean {
    if (this.#error !== undefined) return true;
    const rounds = Math.floor(this.#open.size / this.options.concurrency);
    return this.#openBytes < MAX_OPEN_BYTES && this.#pace.allows(rounds);
  }
}
