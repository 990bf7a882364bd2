/**
 * Times at which something is due, soonest first.
 *
 * Most times come in rising order, so they go to a plain queue; those that do not go to a binary heap beside it.
 */
interface Timer<T> {
  readonly time: number;
  readonly target: T;
}

/** The queue's used-up front is given back when it is longer than this, and longer than the rest. */
const MIN_GIVEN_BACK = 1024;

export class TimerQueue<T> {
  /** The queue, side by side. */
  #times: number[] = [];
  #targets: T[] = [];
  #head = 0;
  readonly #heap: Timer<T>[] = [];

  add(time: number, target: T): void {
    const size = this.#times.length;
    if (size > 0 && (this.#times[size - 1] as number) > time) {
      this.#push({ time, target });
    } else {
      this.#times.push(time);
      this.#targets.push(target);
    }
  }

  /** Time of the soonest timer; +Infinity if there is none. */
  get next(): number {
    const queued = this.#head < this.#times.length ? (this.#times[this.#head] as number) : Infinity;
    const heaped = this.#heap[0];
    return heaped !== undefined && heaped.time < queued ? heaped.time : queued;
  }

  /** Removes the soonest timer and returns its target; there must be one. */
  take(): T {
    const heaped = this.#heap[0];
    if (heaped !== undefined && heaped.time < (this.#times[this.#head] ?? Infinity)) {
      this.#pop();
      return heaped.target;
    }
    const target = this.#targets[this.#head] as T;
    this.#head++;
    if (this.#head === this.#times.length) this.#giveBack();
    else if (this.#head > MIN_GIVEN_BACK && this.#head * 2 > this.#times.length) this.#giveBack();
    return target;
  }

  #giveBack(): void {
    this.#times = this.#times.slice(this.#head);
    this.#targets = this.#targets.slice(this.#head);
    this.#head = 0;
  }

  #push(timer: Timer<T>): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const parent = heap[above] as Timer<T>;
      if (parent.time <= timer.time) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && (heap[below + 1] as Timer<T>).time < (heap[below] as Timer<T>).time) below++;
      const child = heap[below] as Timer<T>;
      if (last.time <= child.time) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}
