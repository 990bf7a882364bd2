/** How much may wait for functions: beyond it nothing is taken in from outside the loop, until enough is delivered. */
export class ByteBudget {
  #used = 0;
  #isSpent = false;

  /** @param limit bytes */
  constructor(readonly limit: number) {}

  get used(): number {
    return this.#used;
  }

  /** From the limit on until a quarter is free again, so that input does not stop and go with every message. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** @returns whether that spent it */
  take(bytes: number): boolean {
    this.#used += bytes;
    if (this.#isSpent || this.#used < this.limit) return false;
    this.#isSpent = true;
    return true;
  }

  free(bytes: number): void {
    this.#used -= bytes;
    if (this.#used < this.limit * 0.75) this.#isSpent = false;
  }
}
