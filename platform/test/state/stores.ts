/** Stores for tests: alone in the job, with a clock that stands still. */
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { HeapKeyedStore } from '../../src/state/heap/heap-keyed-store.js';
import type { KeyedStoreOptions } from '../../src/state/state-backend.js';

export const MAX_PARALLELISM = 128;

export function storeOptions(options: Partial<KeyedStoreOptions> = {}): KeyedStoreOptions {
  return {
    keyGroups: { first: 0, last: MAX_PARALLELISM - 1 },
    maxParallelism: MAX_PARALLELISM,
    clock: new VirtualClock(),
    yieldToEventLoop: () => Promise.resolve(),
    ...options,
  };
}

export function openHeapStore(options: Partial<KeyedStoreOptions> = {}): HeapKeyedStore {
  return new HeapKeyedStore(storeOptions(options));
}
