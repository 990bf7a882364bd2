import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import { readHandles } from '../../../src/state/restore/read-handles.js';
import { keyedStoreConformance } from '../conformance/keyed-store-conformance.js';

keyedStoreConformance(
  {
    name: 'the heap',
    open: async (options, restore) =>
      new HeapKeyedStore(
        options,
        restore === undefined
          ? undefined
          : await readHandles(restore.handles, restore.from, { ...options, ...restore }),
      ),
    cleanUp: () => undefined,
  },
  { numRuns: 60 },
);
