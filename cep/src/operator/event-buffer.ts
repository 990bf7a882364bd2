/**
 * Events that wait for the watermark, of all keys, by timestamp and then by arrival.
 *
 * Keys share nothing, so one order serves them all. Events in order, the usual case, are appended; only when one came
 * early or late is the buffer sorted, and then only when it is read. Space is used again from watermark to watermark.
 */
export type Comparator<E> = (left: E, right: E) => number;

const MIN_CAPACITY = 256;
/** An emptied buffer keeps space for this many events. */
const MAX_KEPT = 1 << 16;

export class EventBuffer<K, E> {
  /** Number of events; what the arrays hold beyond is left from before. */
  size = 0;
  /** Side by side; owned by the buffer, for reading only. */
  keys: (K | undefined)[] = [];
  events: (E | undefined)[] = [];
  timestamps = new Float64Array(MIN_CAPACITY);
  readonly #comparator: Comparator<E> | undefined;
  #isSorted = true;
  #latest = -Infinity;

  /** `comparator` orders events of one timestamp; events that it holds equal stay in order of arrival. */
  constructor(comparator: Comparator<E> | undefined) {
    this.#comparator = comparator;
  }

  add(key: K, event: E, timestamp: number): void {
    if (timestamp > this.#latest) this.#latest = timestamp;
    else if (timestamp < this.#latest || !this.#isBehindLast(event)) this.#isSorted = false;
    const index = this.size++;
    if (index === this.timestamps.length) this.#grow();
    this.keys[index] = key;
    this.events[index] = event;
    this.timestamps[index] = timestamp;
  }

  /** Whether an event of the latest timestamp belongs behind the event that was added last; asked of a sorted buffer. */
  #isBehindLast(event: E): boolean {
    const comparator = this.#comparator;
    if (comparator === undefined || !this.#isSorted || this.size === 0) return true;
    return comparator(this.events[this.size - 1] as E, event) <= 0;
  }

  /** Puts the events in order, and returns how many have a timestamp up to `time`: these are the first ones. */
  ready(time: number): number {
    this.#sort();
    if (this.#latest <= time) return this.size;
    const { timestamps } = this;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timestamps[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes the first events. */
  discard(count: number): void {
    if (count === 0) return;
    const rest = this.size - count;
    if (rest === 0) this.#latest = -Infinity;
    if (rest === 0 && count > MAX_KEPT) {
      this.keys = [];
      this.events = [];
      this.timestamps = new Float64Array(MIN_CAPACITY);
    } else {
      this.keys.copyWithin(0, count, this.size).fill(undefined, rest, this.size);
      this.events.copyWithin(0, count, this.size).fill(undefined, rest, this.size);
      this.timestamps.copyWithin(0, count, this.size);
    }
    this.size = rest;
  }

  #grow(): void {
    const grown = new Float64Array(this.timestamps.length * 2);
    grown.set(this.timestamps);
    this.timestamps = grown;
  }

  #sort(): void {
    if (this.#isSorted) return;
    const { keys, events, timestamps } = this;
    const comparator = this.#comparator;
    const order = Array.from({ length: this.size }, (_, index) => index).sort((left, right) => {
      const byTime = (timestamps[left] as number) - (timestamps[right] as number);
      return byTime !== 0 || comparator === undefined ? byTime : comparator(events[left] as E, events[right] as E);
    });
    this.keys = order.map((index) => keys[index]);
    this.events = order.map((index) => events[index]);
    this.timestamps = new Float64Array(timestamps.length);
    order.forEach((from, index) => (this.timestamps[index] = timestamps[from] as number));
    this.#isSorted = true;
  }
}
