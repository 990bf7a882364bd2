/**
 * Deletes one of a job's own savepoints.
 *
 * Invariants
 * - Whoever calls it holds the job's lock: nobody begins with the savepoint meanwhile.
 * - A savepoint that the job could go on from stays: its log names it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { savepointMetadataName } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import { FileStorage, syncFolder } from './file-storage.js';
import { storageRoot } from './checkpoint-storage.js';
import { savedCheckpoints } from './saved-state.js';
import { savepointFolder } from './savepoint-folder.js';

/** @returns where it was. @throws TidegateError TG421 there is none, TG444 it is needed */
export async function deleteSavepoint(number: number, stateDir: string): Promise<string> {
  const root = storageRoot(stateDir);
  const folder = savepointFolder(String(number), stateDir, root);
  const checkpoints = await savedCheckpoints(new FileStorage(root, 'reader'), 'latest-whole');
  if (checkpoints.some((one) => one.type === 'savepoint' && one.plan?.name.startsWith(folder))) {
    throw new TidegateError(
      'TG444',
      `the job still needs savepoint ${number}: it is one of the last states that it could go on from. Later checkpoints take its place.`,
    );
  }
  const path = join(root, folder);
  // Without its metadata it is no savepoint, whatever else is left of it.
  await rm(join(root, savepointMetadataName(folder)));
  await syncFolder(path);
  await rm(path, { recursive: true, force: true });
  return path;
}
