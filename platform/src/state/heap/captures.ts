/** What a table on the heap shows to snapshots. */
import type { StateDescription } from '../../job/state-handle.js';
import type { GatheredEntries } from './gathered-entries.js';

/** Takes what a table held when it began. */
export interface Capture {
  readonly isDone: boolean;
  /** Takes up to `limit` entries. */
  take(limit: number): void;
}

export interface Capturable {
  readonly description: StateDescription;
  readonly size: number;
  /** @param state the number of the table's state in the snapshot */
  capture(into: GatheredEntries, state: number): Capture;
  /** The capture is not wanted any longer. */
  endCapture(capture: Capture): void;
  /** Bytes in memory, estimated from a few entries. */
  readonly memoryBytes: number;
}

/**
 * The captures that still have something to take: usually none, one during a checkpoint, more when a savepoint overtakes
 * it. Undefined for none, so that tables ask once and cheaply.
 */
export function stillOpen<C extends Capture>(captures: readonly C[]): readonly C[] | undefined {
  const open = captures.filter((capture) => !capture.isDone);
  return open.length === 0 ? undefined : open;
}
