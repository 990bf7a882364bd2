/**
 * Runs in the order of `java.util.PriorityQueue`, compared by their first event alone.
 *
 * Many runs begin with the same event, so the order among equals is what the heap makes of them, and it shows: in the order
 * of matches, and in what a skip strategy discards. Hence this is that heap, step for step. Invariant: a heap offered its
 * own elements, in the order of its array, is the same array; so runs that do not change need not be offered again.
 */
import { START_RUN, type Run } from './key-state.js';

/** Space beyond this many runs is given back when a heap is cleared. */
const MAX_KEPT = 64;

export class RunHeap<E> {
  /** Number of runs; what `#runs` holds beyond is left from before. */
  size = 0;
  readonly #runs: Run<E>[] = [];

  /** The first run in order; undefined if there is none. */
  get first(): Run<E> | undefined {
    return this.size === 0 ? undefined : this.#runs[0];
  }

  clear(): void {
    this.size = 0;
    if (this.#runs.length > MAX_KEPT) this.#runs.length = 0;
  }

  offer(run: Run<E>): void {
    const runs = this.#runs;
    let index = this.size++;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const parent = runs[above] as Run<E>;
      if (!isBefore(run, parent)) break;
      runs[index] = parent;
      index = above;
    }
    runs[index] = run;
  }

  /** Offers all, in order. */
  offerAll(runs: readonly Run<E>[]): void {
    for (let index = 0; index < runs.length; index++) this.offer(runs[index] as Run<E>);
  }

  /** Removes the first run; there must be one. */
  poll(): Run<E> {
    const first = this.#runs[0];
    const last = this.#runs[--this.size];
    if (first === undefined || last === undefined) throw new Error('poll of an empty heap');
    if (this.size > 0) this.#siftDown(0, last);
    return first;
  }

  /** Removes the runs that `drop` names. The others keep the array's order until the heap is made anew from the middle down. */
  removeAll(drop: (run: Run<E>) => boolean): void {
    const runs = this.#runs;
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      const run = runs[index] as Run<E>;
      if (!drop(run)) runs[kept++] = run;
    }
    if (kept === this.size) return;
    this.size = kept;
    for (let index = (kept >>> 1) - 1; index >= 0; index--) this.#siftDown(index, runs[index] as Run<E>);
  }

  /** The heap's array as it is. */
  toArray(): Run<E>[] {
    return this.#runs.slice(0, this.size);
  }

  #siftDown(from: number, run: Run<E>): void {
    const runs = this.#runs;
    const { size } = this;
    const half = size >>> 1;
    let index = from;
    while (index < half) {
      let below = 2 * index + 1;
      if (below + 1 < size && isBefore(runs[below + 1] as Run<E>, runs[below] as Run<E>)) below++;
      const child = runs[below] as Run<E>;
      if (!isBefore(child, run)) break;
      runs[index] = child;
      index = below;
    }
    runs[index] = run;
  }
}

/** Whether a run began before another. */
export function isBefore<E>(left: Run<E>, right: Run<E>): boolean {
  return isEarlier(left.first, right.first);
}

/** Whether the event that a run took last came before that of another. The start run's never came. */
export function isEarlier<E>(left: Run<E>, right: Run<E>): boolean {
  if (left === right || left === START_RUN) return false;
  if (right === START_RUN) return true;
  return left.timestamp < right.timestamp || (left.timestamp === right.timestamp && left.ordinal < right.ordinal);
}
