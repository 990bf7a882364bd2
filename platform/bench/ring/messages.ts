/** What the two threads of a ring's stress test and benchmark need to find each other. */
export interface RingEnds {
  readonly memory: SharedArrayBuffer;
  /** Rung for the producer and for the consumer. */
  readonly producerBell: SharedArrayBuffer;
  readonly consumerBell: SharedArrayBuffer;
}

export const ATTEMPT = 1;
export const ELEMENT_BYTES_MAX = 2 ** 22;

/** A small generator of numbers that both threads can run alike (Park and Miller's). */
export function numbersFrom(seed: number): (end: number) => number {
  let state = (seed % 2147483646) + 1;
  return (end) => {
    state = (state * 48271) % 2147483647;
    return state % end;
  };
}
