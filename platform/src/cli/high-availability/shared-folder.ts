/** High availability by a folder that all coordinators have: its files are the lease and the registry of jobs. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { StorageLeaseStore } from '../../coordinator/election/storage-lease-store.js';
import type { HighAvailabilityServices } from '../../coordinator/high-availability/high-availability-services.js';
import { FileStorage } from '../storage/file-storage.js';

export function sharedFolder(stateDir: string): HighAvailabilityServices {
  const storage = new FileStorage(join(stateDir, 'registry'), randomUUID());
  return { leases: new StorageLeaseStore(storage), jobs: storage, close: () => Promise.resolve() };
}
