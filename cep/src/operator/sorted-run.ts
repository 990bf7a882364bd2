/**
 * Events whose order of arrival is that of their timestamps: side by side in columns, added behind and taken from the front.
 *
 * Invariants
 * - Who adds an event has asked `accepts`: the columns are always in order.
 * - What was taken is not referred to, and its space is used again.
 */
export type Comparator<E> = (left: E, right: E) => number;

const MIN_CAPACITY = 64;
/** A run that was emptied keeps space for this many events. */
const MAX_KEPT = 1 << 16;

export class SortedRun<K, E> {
  /** Events lie from `start` to before `end`. The columns are owned by the run, for reading only. */
  start = 0;
  end = 0;
  keys: (K | undefined)[] = [];
  events: (E | undefined)[] = [];
  timestamps = new Float64Array(MIN_CAPACITY);
  readonly #comparator: Comparator<E> | undefined;
  #latest = -Infinity;

  /** `comparator` orders events of one timestamp. */
  constructor(comparator: Comparator<E> | undefined) {
    this.#comparator = comparator;
  }

  get size(): number {
    return this.end - this.start;
  }

  /** Whether an event belongs behind all others. */
  accepts(event: E, timestamp: number): boolean {
    if (timestamp !== this.#latest) return timestamp > this.#latest;
    const comparator = this.#comparator;
    return comparator === undefined || comparator(this.events[this.end - 1] as E, event) <= 0;
  }

  add(key: K, event: E, timestamp: number): void {
    const index = this.end++;
    if (index === this.timestamps.length) this.#grow();
    this.keys[index] = key;
    this.events[index] = event;
    this.timestamps[index] = timestamp;
    this.#latest = timestamp;
  }

  /** How many events have a timestamp up to `time`. */
  countUpTo(time: number): number {
    if (this.#latest <= time) return this.size;
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.timestamps[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low - this.start;
  }

  /** Removes the first events. */
  discard(count: number): void {
    const from = this.start;
    this.start += count;
    if (this.size === 0) this.#clear();
    // Each event is moved at most once for one that was taken.
    else if (this.size <= this.start) this.#moveToFront();
    else this.#forget(from, this.start);
  }

  #clear(): void {
    if (this.end > MAX_KEPT) {
      this.keys = [];
      this.events = [];
      this.timestamps = new Float64Array(MIN_CAPACITY);
    } else {
      this.#forget(0, this.end);
    }
    this.start = this.end = 0;
    this.#latest = -Infinity;
  }

  #moveToFront(): void {
    const { start, end, size } = this;
    this.keys.copyWithin(0, start, end);
    this.events.copyWithin(0, start, end);
    this.timestamps.copyWithin(0, start, end);
    this.#forget(size, end);
    this.start = 0;
    this.end = size;
  }

  #forget(from: number, to: number): void {
    this.keys.fill(undefined, from, to);
    this.events.fill(undefined, from, to);
  }

  #grow(): void {
    const grown = new Float64Array(this.timestamps.length * 2);
    grown.set(this.timestamps);
    this.timestamps = grown;
  }
}
