/**
 * An alert that waits for its delivery, as a job of BullMQ.
 *
 * Invariants
 * - The job's id is the alert's: BullMQ ignores a job whose id exists, or is remembered.
 * - The body lies in it as text within JSON, or as base64: it is sent byte for byte as the egress's format wrote it.
 */
import type { OutgoingJob } from '../bullmq/outgoing-job.js';
import type { Delivery } from './delivery.js';
import type { WebhookOptions, WebhookQueueOptions } from './sink-options.js';

/** The data of a job. */
interface Kept {
  readonly body?: string;
  readonly base64?: string;
  readonly traceparent?: string;
}

/** The name of jobs, and of our way to count pauses. */
const NAME = 'delivery';
const SECOND_MS = 1000;
/** How long a job that was given up stays besides its dead letter, for who looks. */
const KEEP_FAILED_S = 7 * 24 * 3600;

export function deliveryJob(delivery: Delivery, { retries }: WebhookOptions, queue: WebhookQueueOptions): OutgoingJob {
  return {
    name: NAME,
    data: JSON.stringify(keptOf(delivery)),
    opts: {
      jobId: delivery.id,
      deduplication: { id: delivery.id, ttl: queue.remember },
      attempts: retries + 1,
      // The pause is the worker's to choose: the receiver may ask for a longer one.
      backoff: { type: 'custom' },
      removeOnComplete: { age: Math.ceil(queue.keepCompleted / SECOND_MS) },
      removeOnFail: { age: KEEP_FAILED_S },
    },
  };
}

/** It stays until somebody takes it. Its data are those of the delivery, so that it can be enqueued again as it is. */
export function deadLetterJob(delivery: Delivery, reason: string): OutgoingJob {
  return {
    name: NAME,
    data: JSON.stringify({ ...keptOf(delivery), reason }),
    opts: { jobId: delivery.id },
  };
}

/** @param data of a job @returns undefined for what no delivery is */
export function deliveryIn(id: string, data: unknown): Delivery | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { body, base64, traceparent } = data as Readonly<Record<keyof Kept, unknown>>;
  const trace = typeof traceparent === 'string' ? { traceparent } : {};
  if (typeof body === 'string') return { id, body, ...trace };
  if (typeof base64 === 'string') return { id, body: Buffer.from(base64, 'base64'), ...trace };
  return undefined;
}

function keptOf({ body, traceparent }: Delivery): Kept {
  const trace = traceparent === undefined ? {} : { traceparent };
  if (typeof body === 'string') return { body, ...trace };
  return { base64: Buffer.from(body).toString('base64'), ...trace };
}
