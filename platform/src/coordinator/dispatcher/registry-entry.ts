/**
 * What the registry of jobs holds of a job: a list of entries, of which the last ones count.
 *
 * Invariants
 * - An entry is in the envelope of everything that is kept, so that a damaged or newer one is told from none.
 */
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../../record/codec/json-with-bytes.js';
import { unwrap, wrap } from '../../checkpoint/bytes-envelope.js';
import type { JobEnd, JobSubmission } from './job-submission.js';

export type RegistryEntry =
  /** It begins: entries before this one are of former submissions. */
  | { readonly kind: 'submitted'; readonly submission: JobSubmission }
  /** Somebody wants it to end. */
  | { readonly kind: 'cancelled' }
  /** Another parallelism is wanted. */
  | { readonly kind: 'rescale'; readonly parallelism: number }
  /** It is in force: the next run of the job has it. */
  | { readonly kind: 'rescaled'; readonly parallelism: number }
  | { readonly kind: 'ended'; readonly end: JobEnd }
  /** Whoever ran it alone, and ends with it, is about to say how it has ended. */
  | { readonly kind: 'told' }
  /** It is to be forgotten, with its state. */
  | { readonly kind: 'deleted' };

/** A job as the registry knows it. */
export interface RegisteredJob {
  readonly submission: JobSubmission;
  readonly isCancelled: boolean;
  /** In force. Absent: as submitted. */
  readonly parallelism?: number;
  /** To which the job is to come. Absent: that in force. */
  readonly wanted?: number;
  readonly end: JobEnd | undefined;
  readonly isTold?: true;
  readonly isDeleted?: true;
}

export function encodeRegistryEntry(entry: RegistryEntry): Uint8Array {
  return wrap(encodeJsonWithBytes(entry));
}

/** @param name of the entry, for messages. @throws TidegateError TG421, TG422 */
export function decodeRegistryEntry(bytes: Uint8Array, name: string): RegistryEntry {
  return decodeJsonWithBytes(unwrap(bytes, name)) as RegistryEntry;
}

/** @param entries in their order. @returns undefined when there was never a submission */
export function registeredJob(entries: readonly RegistryEntry[]): RegisteredJob | undefined {
  let job: RegisteredJob | undefined;
  for (const entry of entries) {
    if (entry.kind === 'submitted') job = { submission: entry.submission, isCancelled: false, end: undefined };
    else if (entry.kind === 'cancelled') job = job && { ...job, isCancelled: true };
    else if (entry.kind === 'rescale') job = job && { ...job, wanted: entry.parallelism };
    else if (entry.kind === 'rescaled') job = job && { ...job, parallelism: entry.parallelism };
    else if (entry.kind === 'told') job = job && { ...job, isTold: true };
    else if (entry.kind === 'deleted') job = job && { ...job, isDeleted: true };
    else job = job && { ...job, end: entry.end };
  }
  return job;
}
