/**
 * Deletes what a job has left in its folder and its checkpoint storage, except its savepoints: those were taken to be kept.
 *
 * Invariants
 * - Nothing runs the job, nor will before this is done. One that was killed on the way is done again.
 */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_PREFIX, SAVEPOINT_PREFIX, STATE_PREFIX } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { storageRoot, type CheckpointPlace } from './checkpoint-storage.js';
import { diskError } from './disk-error.js';
import { ifMissing } from './file-storage.js';
import { JobFolder } from './job-folder.js';
import { namesUnder } from './saved-state.js';

/** @throws TidegateError TG423, TG424 */
export async function discardJob(place: CheckpointPlace): Promise<void> {
  const { stateDir } = place;
  const storage = storageRoot(stateDir);
  await discardCheckpoints(JobFolder.share(place).storage);
  try {
    for (const path of await pathsIn(stateDir)) if (path !== storage) await rm(path, { recursive: true, force: true });
    for (const path of await pathsIn(storage))
      if (`${path}/` !== join(storage, SAVEPOINT_PREFIX)) await rm(path, { recursive: true, force: true });
    // Where nothing was to be kept.
    for (const folder of [join(storage, SAVEPOINT_PREFIX), storage, stateDir]) await rmdir(folder).catch(isUsed);
  } catch (error) {
    throw diskError(`delete the job's state in ${stateDir}`, error);
  }
}

async function discardCheckpoints(storage: Storage): Promise<void> {
  for (const prefix of [LOG_PREFIX, STATE_PREFIX]) {
    const answer = await storage.request({ op: 'delete', names: await namesUnder(storage, prefix) });
    if (!answer.ok) throw new TidegateError('TG424', answer.message);
  }
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  return names.map((name) => join(folder, name));
}

function isUsed(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
}
