/**
 * Paced messages become due in a thread of their own, as messages of a broker come from elsewhere: a timer of the job's own thread
 * would be up to two milliseconds late, which the measurement would count as the platform's.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { monotonicMs } from './measurement.js';

/** What the thread is given. */
export interface Pace {
  /** When the first message is due, of `process.hrtime`. */
  readonly begunNs: bigint;
  /** Messages a second. */
  readonly rate: number;
  readonly n: number;
}

/** Until the thread runs. */
const START_MS = 200;

export class Pacer {
  /** When the first message is due. */
  readonly #begunMs = monotonicMs() + START_MS;
  readonly #thread: Worker;

  /** @param due called when a message has become due */
  constructor(
    private readonly rate: number,
    private readonly n: number,
    due: () => void,
  ) {
    const workerData: Pace = { begunNs: process.hrtime.bigint() + BigInt(START_MS * 1e6), rate, n };
    this.#thread = new Worker(fileURLToPath(new URL('./pacer-thread.js', import.meta.url)), { workerData });
    this.#thread.on('message', due);
    this.#thread.unref();
  }

  /** How many should have been sent by now. */
  get dueCount(): number {
    const sinceMs = monotonicMs() - this.#begunMs;
    return sinceMs < 0 ? 0 : Math.min(this.n, Math.floor((sinceMs * this.rate) / 1000) + 1);
  }

  dueMs(index: number): number {
    return this.#begunMs + (index * 1000) / this.rate;
  }

  close(): void {
    void this.#thread.terminate();
  }
}
