import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import { readHandles } from '../../../src/state/restore/read-handles.js';
import type { BackendFixture } from '../conformance/fixture.js';
import { keyedStoreConformance } from '../conformance/keyed-store-conformance.js';
import { restoreConformance } from '../conformance/restore-conformance.js';

const backend: BackendFixture = {
  name: 'the heap',
  open: async (options, restore) =>
    new HeapKeyedStore(
      options,
      restore === undefined ? undefined : await readHandles(restore.handles, restore.from, { ...options, ...restore }),
    ),
  cleanUp: () => undefined,
};

keyedStoreConformance(backend, { numRuns: 60 });
restoreConformance(backend);
