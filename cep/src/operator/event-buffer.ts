/**
 * Events that wait for the watermark, of all keys, by timestamp and then by arrival.
 *
 * Keys share nothing, so one order serves them all. Events in order, the usual case, are appended; only when one came
 * early or late is the buffer sorted, and then only when it is read.
 */
export type Comparator<E> = (left: E, right: E) => number;

interface Entry<K, E> {
  readonly key: K;
  readonly event: E;
  readonly timestamp: number;
}

export class EventBuffer<K, E> {
  #entries: Entry<K, E>[] = [];
  #isSorted = true;
  #latest = -Infinity;

  /** `comparator` orders events of one timestamp; events that it holds equal stay in order of arrival. */
  constructor(private readonly comparator: Comparator<E> | undefined) {}

  get size(): number {
    return this.#entries.length;
  }

  add(key: K, event: E, timestamp: number): void {
    if (timestamp < this.#latest || (this.comparator !== undefined && timestamp === this.#latest))
      this.#isSorted = false;
    else this.#latest = timestamp;
    this.#entries.push({ key, event, timestamp });
  }

  /** Removes the events up to a time and passes them on, in order. */
  drain(time: number, visit: (key: K, event: E, timestamp: number) => void): void {
    this.#sort();
    const entries = this.#entries;
    let count = 0;
    for (let entry = entries[0]; entry !== undefined && entry.timestamp <= time; entry = entries[++count]) {
      visit(entry.key, entry.event, entry.timestamp);
    }
    if (count === 0) return;
    this.#entries = count === entries.length ? [] : entries.slice(count);
    if (this.#entries.length === 0) this.#latest = -Infinity;
  }

  #sort(): void {
    if (this.#isSorted) return;
    const { comparator } = this;
    this.#entries.sort((left, right) => {
      const byTime = left.timestamp - right.timestamp;
      return byTime !== 0 || comparator === undefined ? byTime : comparator(left.event, right.event);
    });
    this.#isSorted = true;
  }
}
