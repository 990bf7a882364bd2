/**
 * Which store a coordinator knows: a name that the store was given when it was used first, noted in the coordinator's own folder.
 * A store that was wiped, or is another one, has lost jobs: that is told, and not taken for a new beginning (FLINK-25486).
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { ifMissing } from '../storage/file-storage.js';

const NAME = 'identity';

/**
 * @param path of the note
 * @param place of the store, for messages
 * @throws TidegateError TG424 it does not answer; TG454 it is not the one that is known
 */
export async function assertSameStore(storage: Storage, path: string, place: string): Promise<void> {
  const known = await readFile(path, 'utf8').catch(ifMissing(undefined));
  const found = (await identityOf(storage)) ?? (known === undefined ? await newIdentity(storage) : undefined);
  if (known === found) return;
  if (known !== undefined)
    throw new TidegateError(
      'TG454',
      `${place} ${found === undefined ? 'has lost' : 'is another store, without'} what coordinators kept there: jobs that had not ` +
        `ended would be forgotten. Bring back what was in it; or, to begin without them, delete ${path} of each coordinator`,
    );
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, found ?? '');
}

async function identityOf(storage: Storage): Promise<string | undefined> {
  const answer = await storage.request({ op: 'read', name: NAME });
  if (answer.ok) return Buffer.from(answer.bytes ?? []).toString();
  if (answer.code === 'missing') return undefined;
  throw new TidegateError('TG424', answer.message, { retriable: true });
}

/** Of several that begin at once one gives it. */
async function newIdentity(storage: Storage): Promise<string | undefined> {
  const answer = await storage.request({ op: 'create', name: NAME, bytes: Buffer.from(randomUUID()) });
  if (!answer.ok && answer.code !== 'exists') throw new TidegateError('TG424', answer.message, { retriable: true });
  return identityOf(storage);
}
