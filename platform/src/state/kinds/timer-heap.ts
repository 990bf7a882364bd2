/**
 * A binary heap of timers in the order (time, key's canonical bytes, tag), with the times in a typed array beside the
 * timers, so that most comparisons touch nothing else.
 *
 * Invariants
 * - A cancelled timer stays until it comes to the top or until half of the heap is cancelled.
 */
import { keyBytes, type Key } from '../../record/key.js';

const MIN_CAPACITY = 16;

export class Timer {
  isCancelled = false;

  constructor(
    readonly key: Key,
    readonly time: number,
    readonly tag: string,
  ) {}
}

/** Whether the left one fires first, their times being equal. */
function isBefore(left: Timer, right: Timer): boolean {
  if (left.key !== right.key) return Buffer.compare(keyBytes(left.key), keyBytes(right.key)) < 0;
  return left.tag < right.tag;
}

export class TimerHeap {
  #times = new Float64Array(MIN_CAPACITY);
  #timers: Timer[] = [];
  #cancelled = 0;

  add(timer: Timer): void {
    const size = this.#timers.length;
    if (size === this.#times.length) {
      const grown = new Float64Array(size * 2);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#timers.push(timer);
    this.#siftUp(size, timer);
  }

  cancel(timer: Timer): void {
    timer.isCancelled = true;
    this.#cancelled++;
    if (this.#cancelled * 2 > this.#timers.length) this.#compact();
  }

  /** The soonest that is not cancelled. */
  peek(): Timer | undefined {
    for (;;) {
      const top = this.#timers[0];
      if (top === undefined || !top.isCancelled) return top;
      this.#cancelled--;
      this.#removeTop();
    }
  }

  /** Removes what `peek` gave. */
  pop(): void {
    if (this.peek() !== undefined) this.#removeTop();
  }

  get size(): number {
    return this.#timers.length - this.#cancelled;
  }

  #compact(): void {
    const live = this.#timers.filter((timer) => !timer.isCancelled);
    this.#timers = [];
    this.#times = new Float64Array(Math.max(MIN_CAPACITY, live.length));
    this.#cancelled = 0;
    for (const timer of live) this.add(timer);
  }

  #removeTop(): void {
    const last = this.#timers.pop()!;
    if (this.#timers.length > 0) this.#siftDown(last);
  }

  #siftUp(from: number, timer: Timer): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#firesBefore(timer, parent)) break;
      this.#place(at, this.#timers[parent]!);
      at = parent;
    }
    this.#place(at, timer);
  }

  #siftDown(timer: Timer): void {
    const size = this.#timers.length;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#firesBefore(this.#timers[child + 1]!, child)) child++;
      if (this.#firesBefore(timer, child)) break;
      this.#place(at, this.#timers[child]!);
      at = child;
    }
    this.#place(at, timer);
  }

  #firesBefore(timer: Timer, other: number): boolean {
    const time = this.#times[other]!;
    return timer.time < time || (timer.time === time && isBefore(timer, this.#timers[other]!));
  }

  #place(at: number, timer: Timer): void {
    this.#timers[at] = timer;
    this.#times[at] = timer.time;
  }
}
