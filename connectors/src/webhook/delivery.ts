/** One alert on its way to the receiver. */
import { jobIdOf } from '../bullmq/outgoing-job.js';
import { nameByChance } from '../bullmq/name-by-chance.js';
import type { OutgoingRecord } from '../api/index.js';

export interface Delivery {
  /** The alert's own, the same in every run; of what has none, one by chance. */
  readonly id: string;
  readonly body: string | Uint8Array;
  /** The span in which it leaves, where it is followed. */
  readonly traceparent?: string;
}

export function deliveryOf({ id, payload, traceparent }: OutgoingRecord, random: () => number): Delivery {
  return {
    id: id === undefined ? `record-${nameByChance(random)}` : jobIdOf(id),
    body: payload,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** About what it takes in memory. */
export function bytesOf({ body }: Delivery): number {
  return 256 + body.length;
}
