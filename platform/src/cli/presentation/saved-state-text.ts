/** The savepoints and checkpoints of a job, a line each, for people. */
import { join } from 'node:path';
import type { CheckpointMetadata } from '../../checkpoint/checkpoint-metadata.js';
import { filesOfCheckpoint } from '../../checkpoint/snapshot-files.js';
import { TidegateError } from '../../common/errors.js';
import type { Storage } from '../../common/storage.js';
import { savepointIn, type SavepointFolder } from '../storage/saved-state.js';
import { timeText } from './time-text.js';

/** @param checkpoints that the job could go on from, oldest first */
export async function savedStateText(
  storage: Storage,
  root: string,
  savepoints: readonly SavepointFolder[],
  checkpoints: readonly CheckpointMetadata[],
): Promise<string> {
  const saved = await Promise.all(
    savepoints.map(async ({ folder, checkpoint }) => {
      const line = await savepointIn(storage, folder).then(lineOf, damageOf);
      return `savepoint ${checkpoint}  ${line}  ${join(root, folder)}`;
    }),
  );
  const latest = checkpoints.map((one) => `checkpoint ${one.checkpoint}  ${lineOf(one)}`);
  const lines = [...saved, ...latest];
  return lines.length === 0 ? 'nothing is saved\n' : `${lines.join('\n')}\n`;
}

function lineOf(metadata: CheckpointMetadata): string {
  const files = new Map(filesOfCheckpoint(metadata).map(({ name, bytes }) => [name, bytes]));
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  return `${timeText(metadata.timestamp)}  ${(bytes / 1024).toFixed(1)} KiB`;
}

function damageOf(error: unknown): string {
  if (error instanceof TidegateError) return `damaged (${error.code})`;
  throw error;
}
