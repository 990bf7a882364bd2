/** Brings the frozen files of a database to the checkpoint storage: new tables, and the new ends of what grows. */
import { createReadStream } from 'node:fs';
import type { StateBytes } from '../../job/state-handle.js';
import type { SnapshotTarget } from '../keyed-snapshot.js';
import type { FrozenFile, FrozenFiles } from './frozen-files.js';
import { diskError } from './rocks-errors.js';
import { bytesOf, inFiles, type ShippedParts } from './shipped-files.js';

/** A growing file of more parts is shipped anew, as one. */
const PARTS_MAX = 32;
/** Files that are on their way at once: each waits for its fsync. */
const AT_ONCE = 4;

/**
 * @param id names this upload over the job's life
 * @param base what may be referred to instead of shipping it
 * @returns the parts of each file, old and new
 */
export async function shipFiles(
  { final, growing, current }: FrozenFiles,
  target: SnapshotTarget,
  id: string,
  base: ShippedParts,
): Promise<ShippedParts> {
  const parts = new Map<string, readonly StateBytes[]>();
  const waiting = [...final];
  const shipFinal = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      const { name, path } = file;
      parts.set(name, path === undefined ? base.get(name)! : [{ file: await target.share(`${id}-${name}`, path) }]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, shipFinal));
  for (const file of growing) parts.set(file.name, await shipGrowing(file, target, id, base.get(file.name) ?? []));
  if (current !== undefined)
    parts.set('CURRENT', [{ file: await target.write(`${id}-CURRENT`, [Buffer.from(current)]) }]);
  return parts;
}

/** Only the new end: what was shipped before are the file's first bytes. */
async function shipGrowing(
  { name, bytes, path, tail }: FrozenFile,
  target: SnapshotTarget,
  id: string,
  before: readonly StateBytes[],
): Promise<readonly StateBytes[]> {
  const shipped = inFiles(before);
  if (tail !== undefined) return [...shipped, { inline: tail }];
  const kept = shipped.length < PARTS_MAX ? shipped : [];
  const start = bytesOf(kept);
  if (start === bytes) return kept;
  return [...kept, { file: await target.write(`${id}-${name}`, contentOf(path!, start, bytes)) }];
}

async function* contentOf(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { start, end: end - 1 })) yield chunk as Uint8Array;
  } catch (error) {
    throw diskError(`read ${path}`, error);
  }
}
