/**
 * Times at which something is due, soonest first.
 *
 * Most times come in rising order, so they go to a plain queue, which is a ring; those that do not go to a binary heap beside it.
 */
interface Timer<T> {
  readonly time: number;
  readonly target: T;
}

/** Sizes of the ring are powers of two. */
const MIN_CAPACITY = 16;
/** The ring is halved when less than one part in so many is in use. */
const MAX_SLACK = 8;

export class TimerQueue<T> {
  /** The ring, side by side. */
  #times = new Float64Array(MIN_CAPACITY);
  #targets: (T | undefined)[] = new Array<undefined>(MIN_CAPACITY).fill(undefined);
  /** Place of the soonest in the ring. */
  #head = 0;
  /** Of the timers in the ring. */
  #size = 0;
  readonly #heap: Timer<T>[] = [];

  add(time: number, target: T): void {
    const mask = this.#times.length - 1;
    const size = this.#size;
    const place = (this.#head + size) & mask;
    if (size > 0 && (this.#times[(place - 1) & mask] as number) > time) {
      this.#push({ time, target });
      return;
    }
    this.#times[place] = time;
    this.#targets[place] = target;
    this.#size = size + 1;
    if (size === mask) this.#resize((mask + 1) * 2);
  }

  /** Time of the soonest timer; +Infinity if there is none. */
  get next(): number {
    const queued = this.#size > 0 ? (this.#times[this.#head] as number) : Infinity;
    const heaped = this.#heap[0];
    return heaped !== undefined && heaped.time < queued ? heaped.time : queued;
  }

  /** Removes the soonest timer and returns its target; there must be one. */
  take(): T {
    const head = this.#head;
    const heaped = this.#heap[0];
    if (heaped !== undefined && (this.#size === 0 || heaped.time < (this.#times[head] as number))) {
      this.#pop();
      return heaped.target;
    }
    const target = this.#targets[head] as T;
    this.#targets[head] = undefined;
    const capacity = this.#times.length;
    this.#head = (head + 1) & (capacity - 1);
    this.#size--;
    if (this.#size * MAX_SLACK < capacity && capacity > MIN_CAPACITY) this.#resize(capacity / 2);
    return target;
  }

  #resize(capacity: number): void {
    const times = new Float64Array(capacity);
    const targets: (T | undefined)[] = new Array<undefined>(capacity).fill(undefined);
    const mask = this.#times.length - 1;
    for (let index = 0; index < this.#size; index++) {
      times[index] = this.#times[(this.#head + index) & mask] as number;
      targets[index] = this.#targets[(this.#head + index) & mask];
    }
    this.#times = times;
    this.#targets = targets;
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
