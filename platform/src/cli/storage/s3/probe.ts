/**
 * Whether a store can be trusted with checkpoints: it creates a name once, also when several want it at the same time, and
 * shows, lists and removes what was written. Who cannot is refused before a job relies on it.
 */
import { randomUUID } from 'node:crypto';
import { TidegateError } from '../../../common/errors.js';
import type { Storage, StorageAnswer } from '../../../common/storage.js';
import type { ObjectStorageLocation } from '../../../job/object-storage.js';
import { locationText } from './location.js';

/** A store that looks first and then writes is caught in one of them. */
const ROUNDS = 4;
const AT_ONCE = 8;

/** @throws TidegateError TG460 */
export async function probe(storage: Storage, location: ObjectStorageLocation): Promise<void> {
  const folder = `.probe/${randomUUID()}/`;
  const names = Array.from({ length: ROUNDS }, (_, round) => `${folder}${round}`);
  try {
    for (const name of names) await probeName(storage, name);
    const listed = await storage.request({ op: 'list', prefix: folder });
    if (!listed.ok) throw new Unfit(listed.message);
    if (listed.names?.join() !== names.join())
      throw new Unfit(`it lists ${listed.names?.length ?? 0} of ${names.length} objects that were just written`);
    const deleted = await storage.request({ op: 'delete', names });
    if (!deleted.ok) throw new Unfit(deleted.message);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    await storage.request({ op: 'delete', names });
    throw new TidegateError('TG460', `checkpoints cannot be kept in ${locationText(location)}: ${error.message}`);
  }
}

class Unfit extends Error {}

async function probeName(storage: Storage, name: string): Promise<void> {
  const create = (writer: number): Promise<StorageAnswer> =>
    storage.request({ op: 'create', name, bytes: Buffer.from(`writer ${writer}`) });
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, writer) => create(writer)));
  for (const answer of answers) if (!answer.ok && answer.code !== 'exists') throw new Unfit(answer.message);
  const winners = answers.flatMap(({ ok }, writer) => (ok ? [writer] : []));
  const after = await create(AT_ONCE);
  if (winners.length !== 1 || after.ok) throw new Unfit(NOT_EXCLUSIVE);
  const read = await storage.request({ op: 'read', name });
  if (!read.ok) throw new Unfit(read.message);
  if (Buffer.from(read.bytes ?? []).toString() !== `writer ${winners[0]}`) throw new Unfit(NOT_EXCLUSIVE);
}

const NOT_EXCLUSIVE =
  'the store gave one name to several writers, so it does not keep to `If-None-Match: *`, by which jobs are fenced. ' +
  'Use a store that creates objects exclusively (AWS S3, MinIO, Ceph, Cloudflare R2, ...), or a shared folder';
