import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '../../../src/cli/storage/file-storage.js';
import { StorageLeaseStore } from '../../../src/coordinator/election/storage-lease-store.js';
import { describeLeaseStore } from './lease-store-conformance.js';

describeLeaseStore('in a shared folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-lease-'));
  let writers = 0;
  return {
    open: () => new StorageLeaseStore(new FileStorage(folder, `w${writers++}`)),
    wipe: () => rm(join(folder, 'leader'), { recursive: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});
