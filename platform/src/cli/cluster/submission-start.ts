/**
 * Where a submitted job is to begin, from what its submitter says.
 *
 * Invariants
 * - A job begins there once: whoever starts it again finds in its checkpoint log that it has begun, and goes on.
 */
import type { Beginning } from '../../coordinator/dispatcher/job-submission.js';
import { ApiError } from '../../rest/api-error.js';
import type { Submission } from '../../rest/cluster-service.js';
import { SAVEPOINT_PREFIX, savepointMetadataName } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { placeOf, type CheckpointPlace } from '../storage/checkpoint-storage.js';
import { JobFolder } from '../storage/job-folder.js';
import { lastEpoch, namesUnder } from '../storage/saved-state.js';
import { savepointFolder } from '../storage/savepoint-folder.js';

export type SubmissionStart = Pick<Submission, 'from' | 'fresh' | 'allowOlderCheckpoint' | 'allowNonRestoredState'>;

/** For the submission's hash: another start is another submission. Undefined: there is nothing to say. */
export function startKey({ from, fresh, allowOlderCheckpoint, allowNonRestoredState }: SubmissionStart) {
  const said = [from, fresh || undefined, allowOlderCheckpoint || undefined, allowNonRestoredState || undefined];
  return said.every((one) => one === undefined) ? undefined : JSON.stringify(said);
}

/**
 * @param cwd where a relative path begins
 * @throws ApiError; TidegateError TG421 there is no such savepoint, TG424
 */
export async function beginningOf(
  { from, fresh = false, allowOlderCheckpoint = false }: SubmissionStart,
  place: CheckpointPlace,
  cwd: string,
): Promise<Beginning | undefined> {
  if ([from !== undefined, fresh, allowOlderCheckpoint].filter(Boolean).length > 1)
    throw new ApiError('bad-request', 'from, fresh and allowOlderCheckpoint are three places to begin at; choose one');
  const { storage } = JobFolder.share(place);
  const afterEpoch = (): Promise<number> => lastEpoch(storage);
  if (from !== undefined) {
    const folder = await savepointCalled(from, place, storage, cwd);
    return { start: { from: 'savepoint', folder }, afterEpoch: await afterEpoch() };
  }
  if (fresh) return { start: { from: 'beginning' }, afterEpoch: await afterEpoch() };
  return allowOlderCheckpoint ? { start: { from: 'latest-whole' }, afterEpoch: await afterEpoch() } : undefined;
}

/** As the job's storage names it. An object storage has the job's own savepoints, by number or as they were printed. */
function savepointCalled(called: string, place: CheckpointPlace, storage: Storage, cwd: string): Promise<string> {
  if (place.objectStorage === undefined) return Promise.resolve(savepointFolder(called, place.stateDir, cwd));
  const printed = called.startsWith(placeOf(place, '')) ? called.slice(placeOf(place, '').length) : undefined;
  return savepointStored(called, printed?.replace(/\/?$/, '/'), storage);
}

async function savepointStored(called: string, folder: string | undefined, storage: Storage): Promise<string> {
  const metadata = savepointMetadataName('');
  const folders = (await namesUnder(storage, SAVEPOINT_PREFIX))
    .filter((name) => name.endsWith(`/${metadata}`))
    .map((name) => name.slice(0, -metadata.length));
  const numbered = folders.filter((name) => name.startsWith(`${SAVEPOINT_PREFIX}${called}-`));
  const found = folder === undefined ? numbered.sort(byEpoch).at(-1) : folders.find((name) => name === folder);
  if (found === undefined) throw new TidegateError('TG421', `this job has no savepoint ${called}`);
  return found;
}

function byEpoch(left: string, right: string): number {
  const epochOf = (folder: string): number => Number(/-(\d+)\/$/.exec(folder)?.[1]);
  return epochOf(left) - epochOf(right);
}
