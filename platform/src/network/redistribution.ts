/**
 * Deals in-flight frames of one edge out to the subtasks of its consumer when it is restored, at the same or another
 * parallelism.
 *
 * Invariants
 * - Every record goes to exactly one subtask, and one with a key to the subtask that owns its key group.
 * - Records of one key stay in order: they all lay in channels to the one subtask that owned the key.
 */
import { keyGroupOf, subtaskOf, type Key } from '../record/key.js';
import type { FrameElement } from './element.js';

/** What lay in the channel between two subtasks of the run before. */
export interface OldChannel {
  readonly producer: number;
  readonly consumer: number;
  readonly frames: readonly FrameElement[];
}

export interface Restored {
  readonly subtask: number;
  readonly parallelism: number;
  readonly oldParallelism: number;
  readonly maxParallelism: number;
}

/** The frames of an edge that a restored consumer begins with, oldest first per channel; not for edges that broadcast. */
export function framesFor(channels: readonly OldChannel[], restored: Restored): FrameElement[] {
  const { subtask, parallelism, oldParallelism } = restored;
  return channels.flatMap(({ producer, consumer, frames }) => {
    if (parallelism === oldParallelism) return consumer === subtask ? frames : [];
    return frames.flatMap((frame) => {
      if (frame.keys !== undefined) return ownPart(frame, frame.keys, restored);
      return (producer + consumer) % parallelism === subtask ? [frame] : [];
    });
  });
}

/** As `RecordWriter` has it: what has no usable key goes to subtask 0. */
function ownPart(frame: FrameElement, keys: readonly (Key | undefined)[], restored: Restored): FrameElement[] {
  const { subtask, parallelism, maxParallelism } = restored;
  const owns = (key: Key | undefined): boolean =>
    subtask === (key === undefined ? 0 : subtaskOf(keyGroupOf(key, maxParallelism), maxParallelism, parallelism));
  const records = frame.records.filter((_, i) => owns(keys[i]));
  return records.length === 0 ? [] : [{ kind: 'frame', records, keys: keys.filter(owns) }];
}
