/**
 * Why a job failed and was restarted, for people who look later.
 *
 * Invariants
 * - Bounded: the oldest entries are forgotten, and counted.
 */
import type { Failure } from '../rpc/task-execution.js';

export interface ExceptionEntry {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly cause: Failure;
  /** The attempt that failed; absent where it was the job as a whole. */
  readonly attempt?: string;
  readonly taskManager?: string;
  /** What it led to: a restart after so many milliseconds, the end of the job, or part of a restart that was under way. */
  readonly led: { readonly to: 'restart'; readonly afterMs: number } | { readonly to: 'failure' | 'same-restart' };
}

const ENTRIES_MAX = 32;

export class ExceptionHistory {
  readonly #entries: ExceptionEntry[] = [];
  #forgotten = 0;
  #restarts = 0;

  add(entry: ExceptionEntry): void {
    if (entry.led.to === 'restart') this.#restarts++;
    this.#entries.push(entry);
    if (this.#entries.length <= ENTRIES_MAX) return;
    this.#entries.shift();
    this.#forgotten++;
  }

  /** Oldest first. */
  get entries(): readonly ExceptionEntry[] {
    return [...this.#entries];
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  /** Restarts that were begun, also those whose entries are forgotten. */
  get restarts(): number {
    return this.#restarts;
  }
}
