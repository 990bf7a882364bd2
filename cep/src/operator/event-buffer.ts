/**
 * Events that wait for the watermark, of all keys, by timestamp and then by arrival.
 *
 * Keys share nothing, so one order serves them all. Events in order, the usual case, are appended; only when one came
 * early or late is the buffer sorted, and then only when it is read.
 */
export type Comparator<E> = (left: E, right: E) => number;

export class EventBuffer<K, E> {
  /** Side by side; owned by the buffer, for reading only. */
  keys: K[] = [];
  events: E[] = [];
  timestamps: number[] = [];
  readonly #comparator: Comparator<E> | undefined;
  #isSorted = true;
  #latest = -Infinity;

  /** `comparator` orders events of one timestamp; events that it holds equal stay in order of arrival. */
  constructor(comparator: Comparator<E> | undefined) {
    this.#comparator = comparator;
  }

  get size(): number {
    return this.events.length;
  }

  add(key: K, event: E, timestamp: number): void {
    if (timestamp > this.#latest) this.#latest = timestamp;
    else if (timestamp < this.#latest || this.#comparator !== undefined) this.#isSorted = false;
    this.keys.push(key);
    this.events.push(event);
    this.timestamps.push(timestamp);
  }

  /** Puts the events in order, and returns how many have a timestamp up to `time`: these are the first ones. */
  ready(time: number): number {
    this.#sort();
    const { timestamps } = this;
    if (this.#latest <= time) return timestamps.length;
    let low = 0;
    let high = timestamps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timestamps[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes the first events. */
  discard(count: number): void {
    if (count === this.events.length) {
      this.keys.length = this.events.length = this.timestamps.length = 0;
      this.#latest = -Infinity;
    } else if (count > 0) {
      this.keys = this.keys.slice(count);
      this.events = this.events.slice(count);
      this.timestamps = this.timestamps.slice(count);
    }
  }

  #sort(): void {
    if (this.#isSorted) return;
    const { keys, events, timestamps } = this;
    const comparator = this.#comparator;
    const order = Array.from(events.keys()).sort((left, right) => {
      const byTime = (timestamps[left] as number) - (timestamps[right] as number);
      return byTime !== 0 || comparator === undefined ? byTime : comparator(events[left] as E, events[right] as E);
    });
    this.keys = order.map((index) => keys[index] as K);
    this.events = order.map((index) => events[index] as E);
    this.timestamps = order.map((index) => timestamps[index] as number);
    this.#isSorted = true;
  }
}
