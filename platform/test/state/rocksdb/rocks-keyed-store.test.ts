import type { BackendFixture } from '../conformance/fixture.js';
import { keyedStoreConformance } from '../conformance/keyed-store-conformance.js';
import { restoreConformance } from '../conformance/restore-conformance.js';
import { RocksFixture } from './fixture.js';

const fixture = new RocksFixture();

const backend: BackendFixture = {
  name: 'RocksDB',
  open: (options, restore) =>
    fixture.open(options, restore === undefined ? undefined : { ...restore, source: restore.from }),
  cleanUp: () => fixture.cleanUp(),
};

keyedStoreConformance(backend, { numRuns: 8 });
restoreConformance(backend);
