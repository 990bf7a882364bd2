/**
 * Times at which something is due, soonest first.
 *
 * Most times come in rising order, so they go to a plain queue; those that do not go to a binary heap beside it.
 */
interface Timer<T> {
  readonly time: number;
  readonly target: T;
}

export class TimerQueue<T> {
  #queue: Timer<T>[] = [];
  #head = 0;
  readonly #heap: Timer<T>[] = [];

  get size(): number {
    return this.#queue.length - this.#head + this.#heap.length;
  }

  add(time: number, target: T): void {
    const timer = { time, target };
    const last = this.#queue.at(-1);
    if (last === undefined || last.time <= time) this.#queue.push(timer);
    else this.#push(timer);
  }

  /** Removes and returns the soonest timer, if its time has come. */
  take(now: number): Timer<T> | undefined {
    const queued = this.#queue[this.#head];
    const heaped = this.#heap[0];
    if (heaped !== undefined && (queued === undefined || heaped.time < queued.time)) {
      return heaped.time <= now ? this.#pop() : undefined;
    }
    if (queued === undefined || queued.time > now) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return queued;
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

  #pop(): Timer<T> | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
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
    return top;
  }
}
