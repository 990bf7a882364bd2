/**
 * A snapshot of a keyed store between its synchronous and its asynchronous part.
 *
 * Invariants
 * - `slices` and `persist` may go on while the store changes: the content is that of the moment of the snapshot.
 * - Whoever has a snapshot either brings it to its end or calls `release`.
 */
import type { KeyedStateHandle, StateFile } from '../job/state-handle.js';

/** Where files of a checkpoint go: an I/O shell over the checkpoint storage. Rejects when a file is not durable. */
export interface SnapshotTarget {
  /** Writes a new file of the checkpoint's own. */
  write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StateFile>;
  /** Ships an immutable local file that later checkpoints will share; `id` names its content over the job's life. */
  share(id: string, localPath: string): Promise<StateFile>;
}

export interface KeyedSnapshot {
  /**
   * Writes the content and resolves with its handle; undefined when there is no state at all. Yields to the event loop
   * between pieces of bounded work.
   */
  persist(target: SnapshotTarget): Promise<KeyedStateHandle | undefined>;
  release(): void;
}
