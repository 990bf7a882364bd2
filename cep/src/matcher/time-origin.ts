/**
 * The time from which an operator counts: its first timestamp, in ms.
 *
 * Inside the operator all times are offsets from it, as these are small enough (for 24 days) to be kept in the place of a
 * reference; a timestamp of today is a heap object of its own, which a state kept for long makes dear to collect and to read.
 * What leaves the operator is in timestamps. Invariant: the way there and back is exact for whole milliseconds.
 */
export class TimeOrigin {
  #origin: number | undefined = undefined;

  /** Infinite times are as far from any origin. */
  offset(timestamp: number): number {
    if (this.#origin === undefined) {
      if (!Number.isFinite(timestamp)) return timestamp;
      this.#origin = Math.floor(timestamp);
    }
    return timestamp - this.#origin;
  }

  timestamp(offset: number): number {
    return this.#origin === undefined ? offset : this.#origin + offset;
  }
}

/** The same number, as a small integer if it is one: numbers read from typed arrays, and sums with them, are not. */
export function compact(number: number): number {
  const integer = number | 0;
  return integer === number ? integer : number;
}
