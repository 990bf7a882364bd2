/**
 * A snapshot of a keyed store between its synchronous and its asynchronous part.
 *
 * Invariants
 * - `slices` and `persist` may go on while the store changes: the content is that of the moment of the snapshot.
 * - Whoever has a snapshot either brings it to its end or calls `release`.
 */
import type { KeyedStateHandle, StateFile } from '../job/state-handle.js';

/**
 * Where files of a checkpoint go: an I/O shell over the checkpoint storage. Rejects when a file is not durable. Later
 * checkpoints may refer to any file of one that is complete: a file belongs to all checkpoints that name it.
 */
export interface SnapshotTarget {
  /** Writes a new file; `name` is unique in the checkpoint and the attempt. */
  write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StateFile>;
  /** Ships a local file that is never written to again; `id` names its content over the job's life. */
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
