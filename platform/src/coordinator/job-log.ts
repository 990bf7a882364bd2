/**
 * The last lines about a job, wherever they were written, for whoever asks.
 *
 * Invariants
 * - Bounded, in lines and in their length; the oldest are forgotten.
 * - Numbers rise by one: who has seen a number asks for what came after it, and sees what was forgotten in between.
 */
import type { LogEntry } from '../common/log.js';

export interface JobLogEntry extends LogEntry {
  /** From 1. */
  readonly number: number;
  /** Where it was written; absent: at the coordinator. */
  readonly worker?: string;
}

export const LOG_ENTRIES_MAX = 2000;
const MESSAGE_LENGTH_MAX = 4096;

export class JobLog {
  readonly #entries: JobLogEntry[] = [];
  #last = 0;

  add(entry: LogEntry, worker?: string): void {
    const { time, level, message, job, task, attempt } = entry;
    const cut = message.length > MESSAGE_LENGTH_MAX ? `${message.slice(0, MESSAGE_LENGTH_MAX)}...` : message;
    const number = ++this.#last;
    // What else somebody has sent with it is kept nowhere.
    this.#entries.push({
      ...{ time, level, message: cut, number },
      ...(job === undefined ? {} : { job }),
      ...(task === undefined ? {} : { task }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(worker === undefined ? {} : { worker }),
    });
    if (this.#entries.length > LOG_ENTRIES_MAX) this.#entries.shift();
  }

  /** Oldest first. @param number 0: all that there are */
  after(number: number): readonly JobLogEntry[] {
    const forgotten = this.#last - this.#entries.length;
    return this.#entries.slice(Math.max(0, number - forgotten));
  }
}
