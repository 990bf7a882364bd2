/**
 * Opens the keyed stores of a job's tasks on the state backend that the application names; on the heap, and saying so,
 * where there is no RocksDB for this machine.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import type { StateBackend } from '../../job/graph-settings.js';
import { attemptName } from '../../rpc/task-execution.js';
import { HeapBudget } from '../../state/heap/heap-budget.js';
import { HeapKeyedStore } from '../../state/heap/heap-keyed-store.js';
import type { KeyedStore } from '../../state/keyed-store.js';
import { readHandles } from '../../state/restore/read-handles.js';
import { openRocksStore } from '../../state/rocksdb/open-rocks-store.js';
import type { CheckpointFiles, TaskStoreOptions } from '../../taskmanager/environment.js';
import { boundHeapGrowth } from './heap-growth.js';

export interface StoreOpener {
  readonly backend: StateBackend;
  /** For databases: emptied by who uses it. */
  readonly folder: string;
  /** For the stores of all tasks of this process. */
  readonly memoryBytes: number;
  /** Where the process counts the KiB that state takes on its heaps. Absent: here. */
  readonly heldKib?: Int32Array;
  readonly files: CheckpointFiles;
  /** Told why there is no RocksDB, by the first store that needs it; others of the process tell it again. */
  warnOfHeap(reason: string): void;
}

export function storeOpener({ backend, folder, memoryBytes, heldKib, files, warnOfHeap }: StoreOpener) {
  const budget = new HeapBudget(memoryBytes, heldKib);
  const source = { read: files.readChunks.bind(files) };
  let isOnHeap = backend === 'heap';
  return async ({
    id,
    checkpoint,
    restored,
    rehash,
    memoryShare,
    ...options
  }: TaskStoreOptions): Promise<KeyedStore> => {
    if (!isOnHeap) {
      try {
        boundHeapGrowth();
        const incarnation = encodeURIComponent(attemptName(id));
        return await openRocksStore(
          {
            ...options,
            folder: join(folder, incarnation),
            memoryBytes: memoryBytes * memoryShare,
            incarnation,
            hashSeed: randomInt(2 ** 31),
          },
          checkpoint === undefined ? undefined : { checkpoint, handles: restored, source, rehash },
        );
      } catch (error) {
        if (!(error instanceof TidegateError) || error.code !== 'TG425') throw error;
        if (!isOnHeap) warnOfHeap(error.message);
        isOnHeap = true;
      }
    }
    const { keyGroups, maxParallelism } = options;
    const state =
      restored.length === 0 ? undefined : await readHandles(restored, source, { keyGroups, maxParallelism, rehash });
    return new HeapKeyedStore(options, state, budget.share());
  };
}
