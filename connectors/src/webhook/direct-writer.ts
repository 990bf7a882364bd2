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
import { ConnectorError, type ConnectorContext, type OutgoingRecord } from '../api/index.js';
import type { PostOutcome } from '../calling/poster.js';
import { retryPause } from '../calling/retry-pause.js';
import { Pace } from '../writing/pace.js';
import { RejectedRecords } from '../writing/rejected-records.js';
import { UnstagedWriter } from '../writing/unstaged-writer.js';
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

export class DirectWriter extends UnstagedWriter {
  readonly #open = new Set<Open>();
  #openBytes = 0;
  /** Due, in their order. */
  readonly #waiting: Open[] = [];
  #sending = 0;
  #cancelLater: (() => void) | undefined;
  readonly #rate: RequestRate;
  readonly #pace = new Pace();
  readonly #rejected: RejectedRecords;

  /** @param isAwaited whether a flush waits for the receiver */
  constructor(
    private readonly receiver: WebhookReceiver,
    private readonly options: WebhookOptions,
    private readonly context: ConnectorContext,
    isAwaited: boolean,
  ) {
    super({ isAwaited, context });
    this.#rate = new RequestRate(options.rateLimit);
    this.#rejected = new RejectedRecords(context);
  }

  write(record: OutgoingRecord): void {
    if (this.hasFailed) return;
    const delivery = deliveryOf(record, () => this.context.random());
    let settle = (): void => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const open: Open = { delivery, retries: 0, settled, settle };
    this.#open.add(open);
    this.#openBytes += bytesOf(delivery);
    this.#waiting.push(open);
    this.#sendDue();
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.#rejected.flush();
  }

  protected get hasRoom(): boolean {
    const rounds = Math.floor(this.#open.size / this.options.concurrency);
    return this.#openBytes < MAX_OPEN_BYTES && this.#pace.allows(rounds);
  }

  protected async settled(): Promise<void> {
    await Promise.all([...this.#open].map(({ settled }) => settled));
  }

  protected release(): Promise<void> {
    this.receiver.close();
    return this.#rejected.close();
  }

  #sendDue(): void {
    while (this.#sending < this.options.concurrency && !this.hasFailed && this.#cancelLater === undefined) {
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
    if (this.hasFailed) return this.#settle(open);
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
    if (this.options.then === 'fail') return this.#stop(reason, isFinal);
    const { id, body } = open.delivery;
    if (this.options.then === 'dead-letter') this.#rejected.add({ id, payload: body }, reason);
    this.context.log?.(`${reason}: the alert is ${this.options.then === 'drop' ? 'dropped' : 'kept as a dead letter'}`);
    this.#settle(open);
  }

  /** Nothing is kept any more, and so nobody waits. */
  #stop(reason: string, isFinal: boolean): void {
    this.#cancelLater?.();
    this.fail(new ConnectorError(isFinal ? 'refused' : 'unavailable', reason, { retriable: !isFinal }));
    for (const open of [...this.#open]) this.#settle(open);
  }

  #settle(open: Open): void {
    if (!this.#open.delete(open)) return;
    this.#openBytes -= bytesOf(open.delivery);
    open.settle();
    this.roomMade();
  }
}
