/** When the next request may go: so many in each window of time, and none before the receiver wants one again. */
export interface RequestRateLimit {
  readonly requests: number;
  /** Milliseconds. */
  readonly per: number;
}

export class RequestRate {
  #windowEnd = -Infinity;
  #left = 0;
  #notBefore = -Infinity;

  /** @param limit absent: as often as can be */
  constructor(private readonly limit: RequestRateLimit | undefined) {}

  /** @returns 0: it may go now, and is counted; otherwise milliseconds after which to ask again */
  take(now: number): number {
    if (now < this.#notBefore) return this.#notBefore - now;
    if (this.limit === undefined) return 0;
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.limit.per;
      this.#left = this.limit.requests;
    }
    if (this.#left === 0) return this.#windowEnd - now;
    this.#left--;
    return 0;
  }

  /** None before that time, epoch milliseconds. */
  holdUntil(time: number): void {
    this.#notBefore = Math.max(this.#notBefore, time);
  }
}
