/**
 * The log of invocations as a group of functions sees it: a port. What is behind it writes to a disk that outlives the
 * attempt, and many entries share one sync.
 *
 * Invariants
 * - Entries are durable in the order in which they were appended, and told so in that order, from within `settle`.
 */
import type { InvocationEntry } from './invocation-entry.js';

export interface InvocationLog {
  /** What earlier attempts have logged behind the checkpoint that is restored, oldest first. */
  readonly past: readonly InvocationEntry[];
  /**
   * @param durable told when it is; without it the entry waits for the next one that somebody wants to know of
   * @returns the entry's number
   */
  append(entry: InvocationEntry, durable?: () => void): number;
  /** Calls back when all that was appended is durable. */
  flush(durable: () => void): void;
  /** Tells who waits for what has become durable. To be called whenever the log has woken its task. @returns whether anybody did */
  settle(): boolean;
  /**
   * A checkpoint is being taken: it has what came of all entries so far.
   * @param except numbers of those of which it has nothing yet
   * @returns what the checkpoint must know to restore from
   */
  position(checkpoint: number, except: readonly number[]): LogPosition;
  /** The checkpoint is complete: entries that it has are needed no more. */
  complete(checkpoint: number): void;
  close(): Promise<void>;
}

/** Plain data, for a checkpoint. */
export interface LogPosition {
  /** Of the attempt and subtask that wrote it. */
  readonly log: string;
  readonly attempt: number;
  readonly next: number;
  /** Before `next`, and not in the checkpoint. */
  readonly except: readonly number[];
}
