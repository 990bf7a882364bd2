/**
 * Entries of the checkpoint log.
 *
 * Invariants
 * - Two entries of different leaders, attempts or checkpoints differ in their bytes, so whoever reads an entry back knows
 *   whether it is the one that he wrote: a leader's name is unique over all processes and time.
 */
import { crc32 } from 'node:zlib';
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../record/codec/json-with-bytes.js';
import { unwrap, wrap } from './bytes-envelope.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';

/** Another entry, and what it must hold. */
export interface EntryReference {
  readonly position: number;
  /** CRC-32 of its bytes. */
  readonly crc32: number;
}

interface Written {
  readonly leader: string;
  readonly epoch: number;
  readonly attempt: number;
  /** The completed checkpoints that are kept below this entry, oldest first. */
  readonly retained: readonly EntryReference[];
  /** The next attempt starts from an older state than one that may have been completed. */
  readonly rewound: boolean;
}

export type EntryContent =
  /** An attempt begins, from the last of `retained`, or from the beginning when there is none. */
  | { readonly kind: 'fence' }
  | { readonly kind: 'checkpoint'; readonly metadata: CheckpointMetadata }
  /** The job has finished: the next run that is started begins anew. `checkpoint` is the last number that was given. */
  | { readonly kind: 'finished'; readonly checkpoint: number };

export type LogEntry = Written & EntryContent;

export function encodeEntry(entry: LogEntry): Uint8Array {
  return wrap(encodeJsonWithBytes(entry));
}

/** @throws TidegateError TG421, TG422 */
export function decodeEntry(bytes: Uint8Array, name: string): LogEntry {
  return decodeJsonWithBytes(unwrap(bytes, name)) as LogEntry;
}

export function referenceTo(position: number, bytes: Uint8Array): EntryReference {
  return { position, crc32: crc32(bytes) };
}
