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
  readonly #counts = new Map<string, number>();

  constructor(
    readonly keys: number,
    readonly warm: number,
    readonly n: number,
  ) {
    this.#latencyMs = new Float64Array(n);
  }

  get answered(): number {
    return Math.min(Math.max(0, this.received - this.warm), this.n);
  }

  /** `key|due|count` */
  receive(text: string): void {
    const [key = '', due, number] = text.split('|');
    const count = Number(number);
    if ((this.#counts.get(key) ?? 0) + 1 !== count) this.outOfOrder++;
    this.#counts.set(key, count);
    const place = this.received++ - this.warm;
    if (place >= 0 && place < this.n) this.#latencyMs[place] = monotonicMs() - Number(due);
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
