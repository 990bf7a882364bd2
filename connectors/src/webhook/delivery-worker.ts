/**
 * Delivers what waits in the queue, by a worker of BullMQ in the writer's own thread: each subtask of the egress has one, for as
 * long as it runs.
 *
 * Invariants
 * - An alert is in the queue until it is delivered, or kept as a dead letter. What dies in between is made again, with the same
 *   Idempotency-Key: by another subtask, or the next attempt, when its lock has run out. It is never failed for having stalled.
 * - Pauses lie in Redis, not here: a delivery that waits for its retry holds nothing back and outlives the process.
 * - A dead letter is in its queue before the delivery is failed; made twice, it is there once.
 */
import type { Job, Worker } from 'bullmq';
import type { ConnectorContext } from '../api/index.js';
import { bullmq } from '../bullmq/library.js';
import { OutgoingQueue } from '../bullmq/outgoing-queue.js';
import { retryPause } from '../calling/retry-pause.js';
import { lastMoment } from '../closing/last-moment.js';
import { RedisClient } from '../redis/redis-client.js';
import { redisError } from '../redis/redis-error.js';
import { deadLetterJob, deliveryIn } from './delivery-job.js';
import type { Delivery } from './delivery.js';
import type { WebhookOptions, WebhookQueueOptions } from './sink-options.js';
import type { WebhookReceiver } from './webhook-receiver.js';

const STALLED_MAX = 1_000_000;
const RUN_AGAIN_MS = 1000;
const LOOK_AGAIN_MS = 100;
/** So long an answer that is under way is waited for when the worker is closed. */
const LAST_ANSWERS_MS = 2000;
const SAY_EVERY_MS = 10_000;
/** A queue without a limit has one nevertheless, so that it can be held back. */
const NO_LIMIT = { requests: 1_000_000_000, per: 1000 };

export interface DeliveryWorkerParts {
  readonly receiver: WebhookReceiver;
  readonly options: WebhookOptions;
  readonly queue: WebhookQueueOptions;
  readonly name: string;
  readonly deadName: string;
  readonly context: ConnectorContext;
}

export class DeliveryWorker {
  readonly #client: RedisClient;
  readonly #deliveries: OutgoingQueue;
  readonly #dead: OutgoingQueue;
  #worker: Worker | undefined;
  #saidAt = -Infinity;
  #isClosed = false;
  readonly #opening: Promise<void>;

  /** Begins at once, with what earlier attempts have left. */
  constructor(private readonly parts: DeliveryWorkerParts) {
    const { queue, name, deadName, context } = parts;
    this.#client = new RedisClient(queue, 'egress', context);
    this.#deliveries = new OutgoingQueue(this.#client, name, queue.prefix);
    this.#dead = new OutgoingQueue(this.#client, deadName, queue.prefix);
    this.#opening = this.#open().catch((error: unknown) => {
      if (!this.#isClosed) context.fail(redisError(this.#client.subject, error));
    });
  }

  /** Resolves when nothing waits in the queue any more, retries included; rejects when the server is away for too long. */
  async drained(): Promise<void> {
    while (!this.#isClosed && (await this.#deliveries.unfinished()) > 0)
      await new Promise<void>((resume) => this.parts.context.schedule(LOOK_AGAIN_MS, resume));
  }

  /** What is under way gets a moment. What it comes to later nobody hears: it is made again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { receiver, context } = this.parts;
    const worker = this.#worker;
    if (worker !== undefined) {
      await lastMoment(context, LAST_ANSWERS_MS, worker.pause());
      // By force: a server that is away would be waited for without an end.
      await lastMoment(context, LAST_ANSWERS_MS, worker.close(true));
    }
    receiver.close();
    await this.#client.close();
    await this.#opening;
  }

  async #open(): Promise<void> {
    const { queue, name, options } = this.parts;
    await this.#client.connected();
    if (this.#isClosed) return;
    const { Worker: BullWorker } = bullmq();
    const { requests, per } = options.rateLimit ?? NO_LIMIT;
    const worker = new BullWorker(name, (job) => this.#deliver(job), {
      connection: this.#client.patient(),
      prefix: queue.prefix,
      skipVersionCheck: true,
      concurrency: options.concurrency,
      limiter: { max: requests, duration: per },
      lockDuration: queue.lock,
      stalledInterval: Math.max(1, Math.ceil(queue.lock / 2)),
      maxStalledCount: STALLED_MAX,
      runRetryDelay: RUN_AGAIN_MS,
      settings: { backoffStrategy: (made, _type, error) => this.#pauseAfter(made, error) },
    });
    // It goes on by itself.
    worker.on('error', (error) => this.#say(redisError(this.#client.subject, error).message));
    this.#worker = worker;
  }

  async #deliver(job: Job): Promise<void> {
    const { receiver, context } = this.parts;
    const delivery = deliveryIn(job.id ?? '', job.data);
    const { UnrecoverableError } = bullmq();
    if (delivery === undefined) throw new UnrecoverableError('the data of the job are no delivery');
    const outcome = await receiver.send(delivery);
    context.failpoint?.('webhook.afterAnswer');
    if (outcome.kind === 'done') return;
    const { retryAfter = 0 } = outcome.kind === 'retry' ? outcome : {};
    if (outcome.kind === 'retry' && outcome.isTooMany === true && retryAfter > 0)
      await this.#deliveries.hold(retryAfter);
    const reason = `${receiver.subject}: ${outcome.reason}`;
    if (outcome.kind === 'retry' && job.attemptsMade + 1 < (job.opts.attempts ?? 1)) {
      context.metrics?.count('deliveries.retried');
      this.#say(`${reason}; it is sent again`);
      throw new AgainError(reason, retryAfter);
    }
    await this.#giveUp(delivery, outcome.kind === 'refused' ? reason : `${reason}, after ${job.attemptsMade} retries`);
    throw new UnrecoverableError(reason);
  }

  async #giveUp(delivery: Delivery, reason: string): Promise<void> {
    const { context, options, deadName } = this.parts;
    const isKept = options.then === 'dead-letter';
    if (isKept) await this.#dead.send([deadLetterJob(delivery, reason)]);
    context.failpoint?.('webhook.afterDeadLetter');
    context.metrics?.count('deliveries.given_up');
    this.#say(`${reason}: the alert is ${isKept ? `kept in the queue ${deadName}` : 'dropped'}`);
  }

  #pauseAfter(made: number, error: Error | undefined): number {
    const { options, context } = this.parts;
    const pause = retryPause(options, made - 1, context.random());
    return Math.max(pause, error instanceof AgainError ? error.retryAfter : 0);
  }

  /** Not for each of many alerts. */
  #say(line: string): void {
    const { context } = this.parts;
    if (this.#isClosed || context.now() - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = context.now();
    context.log?.(line);
  }
}

/** The receiver may want the alert later. */
class AgainError extends Error {
  override readonly name = 'AgainError';
  /** @param retryAfter milliseconds; 0: it said nothing */
  constructor(
    message: string,
    readonly retryAfter: number,
  ) {
    super(message);
  }
}
