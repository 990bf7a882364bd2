/**
 * How key groups are dealt out: each subtask owns one range, ranges are of equal size as far as they can be (Apache
 * Flink's assignment; `subtaskOf` in record/key.ts is its inverse).
 */
import type { KeyGroupRange } from './state-handle.js';

/** The key groups of a subtask; those of all subtasks are a partition of 0 to maxParallelism - 1. */
export function keyGroupRange(subtask: number, maxParallelism: number, parallelism: number): KeyGroupRange {
  return {
    first: Math.ceil((subtask * maxParallelism) / parallelism),
    last: Math.ceil(((subtask + 1) * maxParallelism) / parallelism) - 1,
  };
}

export function overlaps(left: KeyGroupRange, right: KeyGroupRange): boolean {
  return Math.max(left.first, right.first) <= Math.min(left.last, right.last);
}
