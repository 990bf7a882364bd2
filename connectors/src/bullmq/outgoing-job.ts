/**
 * Records on their way into a queue as BullMQ's jobs.
 *
 * Invariants
 * - The id of an alert's job is the alert's id: BullMQ ignores a job whose id exists, and, for as long as the egress
 *   remembers it, one whose job is done and removed. What has no id of its own gets one by chance, so that a try that is
 *   made again adds it once.
 * - What an expression gives beyond BullMQ's bounds is brought to the nearest bound; what is absent is not set.
 */
import type { BulkJobOptions } from 'bullmq';
import { constantText, type OutgoingRecord } from '../api/index.js';
import { withTrace } from './job-trace.js';
import { nameByChance } from './name-by-chance.js';
import type { BullSinkOptions } from './sink-options.js';

export interface OutgoingJob {
  readonly name: string;
  /** As it lies in Redis: JSON. */
  readonly data: string;
  readonly opts: BulkJobOptions;
}

/** BullMQ's own bound. */
const PRIORITY_MAX = 2_097_151;
const ATTEMPTS_MAX = 1_000_000;
const DEFAULT_NAME = 'alert';
const SECOND_MS = 1000;

export function jobOf(record: OutgoingRecord, options: BullSinkOptions, random: () => number): OutgoingJob {
  const { payload, id, traceparent, values = {} } = record;
  const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString();
  const jobId = id === undefined ? `record-${nameByChance(random)}` : jobIdOf(id);
  const name = values['name'] ?? constantText(options.name) ?? DEFAULT_NAME;
  const delay = wholeNumber(values['delay'], 0, Number.MAX_SAFE_INTEGER);
  const priority = wholeNumber(values['priority'], 0, PRIORITY_MAX);
  const attempts = wholeNumber(values['attempts'], 1, ATTEMPTS_MAX);
  const pause = wholeNumber(values['backoff.delay'], 0, Number.MAX_SAFE_INTEGER);
  return {
    name: String(name),
    data: isJson(text) ? text : JSON.stringify(text),
    opts: {
      jobId,
      deduplication: { id: jobId, ttl: options.remember },
      removeOnComplete: { age: Math.ceil(options.keepCompleted / SECOND_MS) },
      removeOnFail: { age: Math.ceil(options.keepFailed / SECOND_MS) },
      ...(delay === undefined ? {} : { delay }),
      ...(priority === undefined ? {} : { priority }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(pause === undefined ? {} : { backoff: { type: options.backoff?.type ?? 'exponential', delay: pause } }),
      ...withTrace(traceparent),
    },
  };
}

/** About what a job takes on the wire. */
export function bytesOf({ data, name }: OutgoingJob): number {
  return 256 + data.length + name.length;
}

/** BullMQ takes no colon, and no number, which it would take for one of its own. */
export function jobIdOf(id: string): string {
  const text = id.replaceAll(':', '-');
  return /^\d+$/.test(text) ? `id-${text}` : text;
}

function wholeNumber(value: string | number | boolean | undefined, least: number, most: number): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return Math.trunc(Math.min(most, Math.max(least, value)));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
