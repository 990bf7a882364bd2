/** Options of writers under test. */
import type { WriterOptions } from '../../src/api/index.js';

/** A first attempt, from the beginning. */
export function atLeastOnce(subtask = 0, parallelism = 1): WriterOptions {
  return { subtask, parallelism, attempt: 0, delivery: 'at-least-once', restored: false };
}
