/**
 * Events that wait for the watermark, of all keys, by timestamp and then by arrival.
 *
 * Keys share nothing, so one order serves them all. Events that come in order, the usual case, lie in one sorted run. One that
 * comes too early for a run goes to another: so the channels of an exchange, each in an order of its own, come to about a run
 * each, however far they are apart. Only what the watermark has passed is merged (Chandramouli and others, "Impatience is a
 * virtue", ICDE 2018, after patience sorting), so that the cost of an event does not rise with the number of those that wait.
 *
 * Invariants
 * - An event goes to the first run that accepts it. So the last events of the runs fall along the list, and of two that are equal
 *   the one that came first lies in the same run or in an earlier one.
 * - What is ready is discarded before more is added.
 */
import { SortedRun, type Comparator } from './sorted-run.js';

export class EventBuffer<K, E> {
  readonly #comparator: Comparator<E> | undefined;
  /** At least one; where there are more, none is empty. */
  #runs: SortedRun<K, E>[];
  readonly #merged: SortedRun<K, E>;
  /** A run that was emptied, with its space. */
  #spare: SortedRun<K, E> | undefined;
  #due: SortedRun<K, E>;

  /** `comparator` orders events of one timestamp; events that it holds equal stay in order of arrival. */
  constructor(comparator: Comparator<E> | undefined) {
    this.#comparator = comparator;
    this.#due = new SortedRun(comparator);
    this.#runs = [this.#due];
    this.#merged = new SortedRun(comparator);
  }

  /** Begins with the events that `ready` counted. */
  get due(): SortedRun<K, E> {
    return this.#due;
  }

  get size(): number {
    return this.#runs.reduce((sum, run) => sum + run.size, this.#merged.size);
  }

  /** All events, those that are equal in the order in which they came. */
  *runs(): Generator<SortedRun<K, E>> {
    yield this.#merged;
    yield* this.#runs;
  }

  add(key: K, event: E, timestamp: number): void {
    const first = this.#runs[0]!;
    const run = first.accepts(event, timestamp) ? first : this.#runBehind(event, timestamp);
    run.add(key, event, timestamp);
  }

  /** Puts the events with a timestamp up to `time` in order, and returns how many they are. */
  ready(time: number): number {
    const runs = this.#runs.filter((run) => run.countUpTo(time) > 0);
    if (runs.length > 1) return this.#merge(runs, time);
    this.#due = runs[0] ?? this.#runs[0]!;
    return runs.length === 0 ? 0 : this.#due.countUpTo(time);
  }

  /** Removes the first events of those that are ready. */
  discard(count: number): void {
    this.#due.discard(count);
    this.#dropEmpty();
  }

  /** The first run behind the first one that accepts an event: the runs' last events fall, so it is found by halving. */
  #runBehind(event: E, timestamp: number): SortedRun<K, E> {
    const runs = this.#runs;
    let low = 1;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (runs[middle]!.accepts(event, timestamp)) high = middle;
      else low = middle + 1;
    }
    if (low === runs.length) {
      runs.push(this.#spare ?? new SortedRun(this.#comparator));
      this.#spare = undefined;
    }
    return runs[low]!;
  }

  #merge(runs: readonly SortedRun<K, E>[], time: number): number {
    const [keys, events, timestamps]: [(K | undefined)[], (E | undefined)[], number[]] = [[], [], []];
    for (const run of runs) {
      const count = run.countUpTo(time);
      for (let index = run.start; index < run.start + count; index++) {
        keys.push(run.keys[index]);
        events.push(run.events[index]);
        timestamps.push(run.timestamps[index]!);
      }
      run.discard(count);
    }
    this.#dropEmpty();
    const comparator = this.#comparator;
    const order = timestamps
      .map((_, index) => index)
      .sort((left, right) => {
        const byTime = timestamps[left]! - timestamps[right]!;
        return byTime !== 0 || comparator === undefined ? byTime : comparator(events[left] as E, events[right] as E);
      });
    this.#due = this.#merged;
    for (const index of order) this.#merged.add(keys[index] as K, events[index] as E, timestamps[index]!);
    return order.length;
  }

  #dropEmpty(): void {
    if (this.#runs.length === 1) return;
    const full = this.#runs.filter(({ size }) => size > 0);
    if (full.length === this.#runs.length) return;
    this.#spare = this.#runs.find(({ size }) => size === 0);
    this.#runs = full.length > 0 ? full : [this.#spare!];
    if (full.length === 0) this.#spare = undefined;
  }
}
