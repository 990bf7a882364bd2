/**
 * The seam of time: whoever needs a clock gets this port. Only the composition root reads the machine's own clock;
 * tests and the simulator bring a virtual one.
 */
export interface Clock {
  /** Wall-clock time, epoch milliseconds. May jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  schedule(ms: number, callback: () => void): () => void;
}
