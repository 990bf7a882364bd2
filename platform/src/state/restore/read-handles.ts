/** Reads canonical handles from where the checkpoint lies. */
import { TidegateError } from '../../common/errors.js';
import { overlaps } from '../../job/key-groups.js';
import type { KeyedStateHandle, StateFile } from '../../job/state-handle.js';
import { RestoredState, type RestoreOptions } from './restored-state.js';

/** Where files of a checkpoint come from: an I/O shell over the checkpoint storage. */
export interface SnapshotSource {
  /**
   * A file's content in pieces, from its beginning.
   * @throws TidegateError TG421 when it is not there, TG424 when it cannot be read
   */
  read(file: StateFile): AsyncIterable<Uint8Array>;
}

/**
 * All state of these key groups, whichever old subtasks had it.
 * @throws TidegateError TG421, TG422 for files that cannot be read, TG426 for a handle that no canonical reader can read
 */
export async function readHandles(
  handles: readonly KeyedStateHandle[],
  source: SnapshotSource,
  options: RestoreOptions,
): Promise<RestoredState> {
  const restored = new RestoredState(options);
  for (const handle of handles) {
    for (const file of canonicalFilesOf(handle, options)) {
      const reader = restored.reader(handle, file);
      for await (const bytes of source.read(file)) reader.push(bytes);
      reader.end();
    }
  }
  return restored;
}

/** The same without waiting, from files in memory: for simulated storage. */
export function readHandlesNow(
  handles: readonly KeyedStateHandle[],
  contentOf: (file: StateFile) => Uint8Array,
  options: RestoreOptions,
): RestoredState {
  const restored = new RestoredState(options);
  for (const handle of handles) {
    for (const file of canonicalFilesOf(handle, options)) {
      const reader = restored.reader(handle, file);
      reader.push(contentOf(file));
      reader.end();
    }
  }
  return restored;
}

function canonicalFilesOf(handle: KeyedStateHandle, options: RestoreOptions): readonly StateFile[] {
  if (options.rehash !== true && !overlaps(handle.keyGroups, options.keyGroups)) return [];
  if (handle.content.format === 'canonical') return handle.content.files;
  throw new TidegateError(
    'TG426',
    'the checkpoint was taken on RocksDB and can be restored on RocksDB only. Run with that backend, or restore from a savepoint.',
  );
}
