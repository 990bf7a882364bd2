/** Where a job's checkpoints are: a folder below its own, or object storage where the settings name it. */
import { join } from 'node:path';
import type { Storage } from '../../common/storage.js';
import type { GraphSettings } from '../../job/graph-settings.js';
import type { CheckpointFiles } from '../../taskmanager/environment.js';
import { CheckpointFolder } from './checkpoint-folder.js';
import { FileStorage } from './file-storage.js';
import { locationText } from './s3/location.js';
import { S3Objects } from './s3/s3-objects.js';
import { S3StateFiles } from './s3/s3-state-files.js';
import { S3Storage } from './s3/s3-storage.js';

/** Of a job's settings, what says where its checkpoints are. */
export type CheckpointPlace = Pick<GraphSettings, 'stateDir' | 'objectStorage'>;

export interface CheckpointStorage {
  readonly storage: Storage;
  readonly stateFiles: CheckpointFiles;
  /** Removes what writers that were killed left unfinished. Only while nobody else writes there. */
  sweep(): Promise<void>;
}

/** Of a job's checkpoint storage in a folder. */
export function storageRoot(stateDir: string): string {
  return join(stateDir, 'checkpoints');
}

/** What lies in a job's checkpoint storage, as its user finds it. */
export function placeOf({ stateDir, objectStorage }: CheckpointPlace, name: string): string {
  return objectStorage === undefined ? join(storageRoot(stateDir), name) : `${locationText(objectStorage)}${name}`;
}

/** @param writer unique among those that write there now */
export function openCheckpointStorage(
  { stateDir, objectStorage }: CheckpointPlace,
  writer: string,
  failpoint: (name: string) => void,
): CheckpointStorage {
  if (objectStorage !== undefined) {
    const objects = new S3Objects(objectStorage);
    // Objects are whole or not there; uploads that were begun are the bucket's to clear away (its life-cycle rules).
    const sweep = () => Promise.resolve();
    return { storage: new S3Storage(objects), stateFiles: new S3StateFiles(objects, failpoint), sweep };
  }
  const root = storageRoot(stateDir);
  const storage = new FileStorage(root, writer);
  return { storage, stateFiles: new CheckpointFolder(root, failpoint), sweep: () => storage.sweep() };
}

/** What a task reads and writes. */
export function openStateFiles(place: CheckpointPlace, failpoint: (name: string) => void): CheckpointFiles {
  // The name is of no account: files are told apart by the attempts that write them.
  return openCheckpointStorage(place, '', failpoint).stateFiles;
}
