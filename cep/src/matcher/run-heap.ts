/**
 * Runs in the order of `java.util.PriorityQueue`, compared by their first event alone.
 *
 * Many runs begin with the same event, so the order among equals is what the heap makes of them, and it shows: in the order
 * of matches, and in what a skip strategy discards. Hence this is that heap, step for step. Invariant: a heap offered its
 * own elements, in the order of its array, is the same array; so runs that do not change need not be offered again.
 */
import type { Run } from './key-state.js';

export function isBefore<E>(left: Run<E>, right: Run<E>): boolean {
  const a = left.first;
  const b = right.first;
  return a.timestamp < b.timestamp || (a.timestamp === b.timestamp && a.ordinal < b.ordinal);
}

export function offer<E>(heap: Run<E>[], run: Run<E>): void {
  let index = heap.length;
  heap.push(run);
  while (index > 0) {
    const above = (index - 1) >>> 1;
    const parent = heap[above] as Run<E>;
    if (!isBefore(run, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = run;
}

/** Removes the first; the heap must not be empty. */
export function poll<E>(heap: Run<E>[]): Run<E> {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined) throw new Error('poll of an empty heap');
  if (heap.length > 0) siftDown(heap, 0, last);
  return first;
}

/** Removes the runs that `drop` names. The others keep the array's order until the heap is made anew from the middle down. */
export function removeAll<E>(heap: Run<E>[], drop: (run: Run<E>) => boolean): void {
  let kept = 0;
  for (let index = 0; index < heap.length; index++) {
    const run = heap[index] as Run<E>;
    if (!drop(run)) heap[kept++] = run;
  }
  if (kept === heap.length) return;
  heap.length = kept;
  for (let index = (kept >>> 1) - 1; index >= 0; index--) siftDown(heap, index, heap[index] as Run<E>);
}

function siftDown<E>(heap: Run<E>[], from: number, run: Run<E>): void {
  const size = heap.length;
  const half = size >>> 1;
  let index = from;
  while (index < half) {
    let below = 2 * index + 1;
    let child = heap[below] as Run<E>;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, child)) {
      below++;
      child = right;
    }
    if (!isBefore(child, run)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = run;
}
