/** Opens the keyed store of a task on the state backend that the application names. */
import type { StateBackend } from '../../job/graph-settings.js';
import { HeapKeyedStore } from '../../state/heap/heap-keyed-store.js';
import type { KeyedStore } from '../../state/keyed-store.js';
import { readHandles } from '../../state/restore/read-handles.js';
import type { CheckpointFiles, TaskStoreOptions } from '../../taskmanager/environment.js';

export async function openKeyedStore(
  _backend: StateBackend,
  files: CheckpointFiles,
  { restored, rehash, ...options }: TaskStoreOptions,
): Promise<KeyedStore> {
  if (restored.length === 0) return new HeapKeyedStore(options);
  const { keyGroups, maxParallelism } = options;
  const state = await readHandles(
    restored,
    { read: (file) => files.readChunks(file) },
    { keyGroups, maxParallelism, rehash },
  );
  return new HeapKeyedStore(options, state);
}
