/**
 * What a job has saved, as it lies in its storage: for those who look at it while no JobMaster does.
 *
 * Invariants
 * - Nothing is changed. Who decides by what is found here holds the job's lock, so that it stays true.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointMetadata } from '../../checkpoint/checkpoint-metadata.js';
import { decodeEntry } from '../../checkpoint/log-entry.js';
import { readLog, type LogContent, type StartFrom } from '../../checkpoint/read-log.js';
import { decodeSavepoint } from '../../checkpoint/savepoint.js';
import {
  LOG_PREFIX,
  logName,
  positionOf,
  SAVEPOINT_PREFIX,
  savepointMetadataName,
  STATE_PREFIX,
} from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { ifMissing } from './file-storage.js';

/**
 * The checkpoints that a run could go on from, oldest first. Empty: it begins at the beginning.
 *
 * @throws TidegateError TG421, TG422 as a run would
 */
export async function savedCheckpoints(storage: Storage, from: StartFrom): Promise<readonly CheckpointMetadata[]> {
  return (await readSaved(storage, from)).retained.map(({ metadata }) => metadata);
}

/**
 * The highest epoch that a leader of the job may have had; 0: it never had one.
 *
 * @throws TidegateError TG424
 */
export async function lastEpoch(storage: Storage): Promise<number> {
  return (await readSaved(storage, 'beginning')).epoch;
}

async function readSaved(storage: Storage, from: StartFrom): Promise<LogContent> {
  const entries = new Map<number, Uint8Array>();
  for (const name of await namesUnder(storage, LOG_PREFIX)) {
    const position = positionOf(name);
    const bytes = position === undefined ? undefined : await read(storage, name);
    if (position !== undefined && bytes !== undefined) entries.set(position, bytes);
  }
  const state = new Set(await namesUnder(storage, STATE_PREFIX));
  return readLog({ entries, state }, from);
}

/**
 * The leader that finished the job; undefined when it has not finished, or nobody can tell.
 *
 * @throws TidegateError TG422, TG424
 */
export async function finishedBy(storage: Storage): Promise<string | undefined> {
  const positions = (await namesUnder(storage, LOG_PREFIX)).map(positionOf).filter((at) => at !== undefined);
  if (positions.length === 0) return undefined;
  const name = logName(Math.max(...positions));
  const bytes = await read(storage, name);
  try {
    const entry = bytes && decodeEntry(bytes, name);
    return entry?.kind === 'finished' ? entry.leader : undefined;
  } catch (error) {
    // A damaged entry is for the run itself to refuse.
    if (error instanceof TidegateError && error.code === 'TG421') return undefined;
    throw error;
  }
}

/** @param folder with a slash at its end. @throws TidegateError TG421, TG422 */
export async function savepointIn(storage: Storage, folder: string): Promise<CheckpointMetadata> {
  const name = savepointMetadataName(folder);
  const bytes = await read(storage, name);
  if (bytes === undefined) throw new TidegateError('TG421', `${name} is not there: ${folder} is no savepoint`);
  return decodeSavepoint(bytes, folder);
}

export interface SavepointFolder {
  /** In the job's storage, with a slash at its end. */
  readonly folder: string;
  readonly checkpoint: number;
}

/** The job's own savepoints that are whole, oldest first. */
export async function savepointsIn(root: string): Promise<readonly SavepointFolder[]> {
  const found: (SavepointFolder & { readonly epoch: number })[] = [];
  for (const name of await namesIn(join(root, SAVEPOINT_PREFIX))) {
    const folder = `${SAVEPOINT_PREFIX}${name}/`;
    const [, checkpoint, epoch] = /^(\d+)-(\d+)$/.exec(name) ?? [];
    const isWhole = (await namesIn(join(root, folder))).includes(savepointMetadataName(''));
    if (checkpoint !== undefined && isWhole)
      found.push({ folder, checkpoint: Number(checkpoint), epoch: Number(epoch) });
  }
  return found.sort((a, b) => a.checkpoint - b.checkpoint || a.epoch - b.epoch);
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(ifMissing<readonly string[]>([]));
}

export async function namesUnder(storage: Storage, prefix: string): Promise<readonly string[]> {
  const answer = await storage.request({ op: 'list', prefix });
  if (!answer.ok) throw new TidegateError('TG424', answer.message);
  return answer.names ?? [];
}

async function read(storage: Storage, name: string): Promise<Uint8Array | undefined> {
  const answer = await storage.request({ op: 'read', name });
  if (answer.ok) return answer.bytes;
  if (answer.code === 'missing') return undefined;
  throw new TidegateError('TG424', answer.message);
}
