/**
 * Which records of a restored frame are a subtask's own, when every subtask of the consumer is given the frame.
 *
 * Invariants
 * - Of the subtasks that share the key groups out, one takes a record; and it is the one that `RecordWriter` would send it to.
 * - Records of one key stay in order.
 */
import type { KeyGroupRange } from '../job/state-handle.js';
import { keyGroupOf, type Key } from '../record/key.js';
import type { FrameElement } from './element.js';

/** A subtask and the key groups that it owns. */
export interface Owner extends KeyGroupRange {
  readonly subtask: number;
  readonly maxParallelism: number;
}

/** None when no record is its own. A frame without keys is given to one subtask alone, and is its own whole. */
export function ownPart(frame: FrameElement, { first, last, subtask, maxParallelism }: Owner): FrameElement[] {
  const { keys } = frame;
  if (keys === undefined) return [frame];
  const owns = (key: Key | undefined): boolean => {
    // As `RecordWriter` has it: what has no usable key goes to subtask 0.
    if (key === undefined) return subtask === 0;
    const group = keyGroupOf(key, maxParallelism);
    return group >= first && group <= last;
  };
  const records = frame.records.filter((_, i) => owns(keys[i]));
  return records.length === 0 ? [] : [{ ...frame, records, keys: keys.filter(owns) }];
}
