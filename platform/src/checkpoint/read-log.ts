/**
 * What the entries of the checkpoint log say: which checkpoint the next attempt starts from, and which numbers are next.
 *
 * Invariants
 * - The highest entry decides. What it names is taken only if it is there as it was written.
 * - An older checkpoint than the latest is taken only where that is allowed, and it is said. Nothing is ever begun from
 *   the beginning because something is missing.
 */
import { TidegateError } from '../common/errors.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { decodeEntry, referenceTo, type EntryReference, type LogEntry } from './log-entry.js';
import { filesOfCheckpoint } from './snapshot-files.js';
import { logName, STATE_PREFIX } from './storage-layout.js';

export interface CompletedCheckpoint {
  readonly reference: EntryReference;
  readonly metadata: CheckpointMetadata;
}

export interface LogContent {
  /** Oldest first; the last is the latest. Empty: the next attempt starts from the beginning. */
  readonly retained: readonly CompletedCheckpoint[];
  /** The highest epoch that a leader may have had. */
  readonly epoch: number;
  /** The highest number that a checkpoint is known to have had. */
  readonly checkpoint: number;
  /** A later checkpoint than the last of `retained` may have been completed. */
  readonly rewound: boolean;
  /** What was wrong and has been passed over. */
  readonly warnings: readonly string[];
}

/** What is there. */
export interface LogFiles {
  /** All entries by position, lowest first. */
  readonly entries: ReadonlyMap<number, Uint8Array>;
  /** Names of all files under `state/`. */
  readonly state: ReadonlySet<string>;
}

/** Where to start: at the latest checkpoint, at the latest one that is whole, or at the beginning whatever there is. */
export type StartFrom = 'latest' | 'latest-whole' | 'beginning';

/** @throws TidegateError TG421 damaged, TG422 of a newer version; never from the beginning */
export function readLog(files: LogFiles, from: StartFrom): LogContent {
  const warnings = new Set<string>();
  let isOlder = false;
  const tolerate = (error: unknown, isNeeded: boolean): void => {
    if (!(error instanceof TidegateError)) throw error;
    if (from === 'beginning') return;
    if (error.code !== 'TG421') throw error;
    if (isNeeded && from === 'latest') throw withAdvice(error);
    isOlder ||= isNeeded;
    warnings.add(error.message);
  };

  const readable: { readonly reference: EntryReference; readonly entry: LogEntry }[] = [];
  for (const [position, bytes] of [...files.entries].reverse()) {
    try {
      readable.push({ reference: referenceTo(position, bytes), entry: decodeEntry(bytes, logName(position)) });
    } catch (error) {
      tolerate(error, readable.length === 0);
    }
  }

  const [top] = readable;
  const named = top === undefined || from === 'beginning' ? [] : [...top.entry.retained].reverse();
  if (top?.entry.kind === 'checkpoint' && from !== 'beginning') named.unshift(top.reference);
  const retained: CompletedCheckpoint[] = [];
  for (const reference of named) {
    try {
      retained.unshift({ reference, metadata: checkpointAt(reference, files) });
    } catch (error) {
      tolerate(error, retained.length === 0);
    }
  }
  if (retained.length === 0 && isOlder) throw nothingLeft([...warnings]);

  return {
    retained,
    epoch: highest(readable.map(({ entry }) => entry.epoch)) + (files.entries.size - readable.length),
    checkpoint: highest(readable.map(({ entry }) => numberOf(entry))),
    rewound: isOlder || top?.entry.rewound === true,
    warnings: [...warnings],
  };
}

function checkpointAt(reference: EntryReference, { entries, state }: LogFiles): CheckpointMetadata {
  const name = logName(reference.position);
  const bytes = entries.get(reference.position);
  if (bytes === undefined) throw new TidegateError('TG421', `${name}, a completed checkpoint, is missing`);
  const entry = decodeEntry(bytes, name);
  if (entry.kind !== 'checkpoint' || referenceTo(reference.position, bytes).crc32 !== reference.crc32) {
    throw new TidegateError('TG421', `${name} is not the checkpoint that was completed there`);
  }
  const lost = filesOfCheckpoint(entry.metadata).find(
    (file) => file.name.startsWith(STATE_PREFIX) && !state.has(file.name),
  );
  if (lost !== undefined)
    throw new TidegateError('TG421', `${lost.name}, a file of the checkpoint ${name}, is missing`);
  return entry.metadata;
}

function numberOf(entry: LogEntry): number {
  switch (entry.kind) {
    case 'checkpoint':
      return entry.metadata.checkpoint;
    case 'finished':
      return entry.checkpoint;
    case 'fence':
      return 0;
  }
}

function highest(numbers: readonly number[]): number {
  return numbers.reduce((most, next) => Math.max(most, next), 0);
}

function withAdvice({ code, message }: TidegateError): TidegateError {
  const advice = 'Bring the file back; or allow a start from an older checkpoint, or from the beginning.';
  return new TidegateError(code, `${message}. ${advice}`);
}

function nothingLeft(warnings: readonly string[]): TidegateError {
  const text = `no checkpoint is whole: ${warnings.join('; ')}. Restore the files, or start from the beginning on purpose.`;
  return new TidegateError('TG421', text);
}
