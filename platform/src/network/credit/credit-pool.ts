/**
 * Credits that the channels of one gate share beyond the few that each has of its own: so a gate of a hundred channels
 * needs memory for what is busy, and not for what could be (Apache Flink's floating buffers).
 *
 * Invariants
 * - Credits taken and available are always as many as there were at the start.
 * - Who waits is served in order, each with one credit at a time.
 */
/** Credits that a channel has beside those of the pool. */
export const EXCLUSIVE_CREDITS = 2;

export class CreditPool {
  #available: number;
  readonly #waiting = new Set<() => void>();

  constructor(readonly size: number) {
    this.#available = size;
  }

  get available(): number {
    return this.#available;
  }

  /** Whether a credit that is given back would be used at once. */
  get isWantedBack(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * @param serve called later with a credit that came back, if there are none now
   * @returns how many of those wanted it gives
   */
  take(wanted: number, serve: () => void): number {
    const given = Math.min(wanted, this.#available);
    this.#available -= given;
    if (given === 0) this.#waiting.add(serve);
    return given;
  }

  give(credits: number): void {
    this.#available += credits;
    for (const serve of this.#waiting) {
      if (this.#available === 0) return;
      this.#waiting.delete(serve);
      this.#available--;
      serve();
    }
  }

  /** Takes back a wish. */
  forget(serve: () => void): void {
    this.#waiting.delete(serve);
  }
}
