/** What the source has sent and the sink has received, and how long each message took: both are in the job's process. */
const DONE_CHECK_MS = 2;

export class Measurement {
  /** Warm-up messages, then measured ones. */
  sent = 0;
  received = 0;
  outOfOrder = 0;
  /** The measured ones may be sent. */
  hasBegun = false;
  /** Nobody waits any more. */
  isOver = false;
  readonly #latencyMs: Float64Array;
  /** By key: the number of its last answer. */
  readonly #counts: Int32Array;

  constructor(
    readonly keys: number,
    readonly warm: number,
    readonly n: number,
  ) {
    this.#latencyMs = new Float64Array(n);
    this.#counts = new Int32Array(keys);
  }

  get answered(): number {
    return Math.min(Math.max(0, this.received - this.warm), this.n);
  }

  /** What message `i` says: its key, `k` and a number, and when it was due, in whole microseconds. */
  textOf(i: number, dueMs: number): string {
    return `k${i % this.keys}|${Math.round(dueMs * 1000)}`;
  }

  /** @param text of a message, and the count of its key: `k7|1234567|42` */
  receive(text: string): void {
    const [first, second] = [text.indexOf('|'), text.lastIndexOf('|')];
    const key = Number(text.slice(1, first));
    const count = Number(text.slice(second + 1));
    if (this.#counts[key]! + 1 !== count) this.outOfOrder++;
    this.#counts[key] = count;
    const place = this.received++ - this.warm;
    if (place < 0 || place >= this.n) return;
    this.#latencyMs[place] = monotonicMs() - Number(text.slice(first + 1, second)) / 1000;
  }

  /** Resolves when so many have been received, or after `msMax`. */
  async until(received: number, msMax: number): Promise<void> {
    const end = monotonicMs() + msMax;
    while (this.received < received && monotonicMs() < end)
      await new Promise((resolve) => setTimeout(resolve, DONE_CHECK_MS));
  }

  /** Of those that were answered, rising. */
  latencies(): Float64Array {
    return this.#latencyMs.slice(0, this.answered).sort();
  }
}

export function monotonicMs(): number {
  return performance.now();
}
