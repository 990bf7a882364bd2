/** Where a savepoint lies, from what a user calls it. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { SAVEPOINT_PREFIX, savepointMetadataName } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import { storageRoot } from './checkpoint-storage.js';

/**
 * The name of a savepoint's folder in the job's storage, with a slash at its end. A savepoint from elsewhere is read where
 * it lies: its name leads out of the storage.
 *
 * @param called a number (of a savepoint of this job; the youngest of several), or a path: of the folder or its `_metadata`
 * @throws TidegateError TG421 when there is none
 */
export function savepointFolder(called: string, stateDir: string, cwd: string): string {
  const root = storageRoot(stateDir);
  return /^\d+$/.test(called) ? numbered(Number(called), root) : elsewhere(resolve(cwd, called), root);
}

function numbered(number: number, root: string): string {
  const epochs = namesIn(join(root, SAVEPOINT_PREFIX))
    .map((name) => /^(\d+)-(\d+)$/.exec(name))
    .filter((match) => match !== null && Number(match[1]) === number)
    .map((match) => Number(match?.[2]))
    .filter((epoch) => isSavepoint(join(root, SAVEPOINT_PREFIX, `${number}-${epoch}`)));
  if (epochs.length > 0) return `${SAVEPOINT_PREFIX}${number}-${Math.max(...epochs)}/`;
  throw new TidegateError(
    'TG421',
    `this job has no savepoint ${number}; \`tidegate savepoint --list\` shows those that it has, and a folder is written with a slash: ./${number}`,
  );
}

function elsewhere(path: string, root: string): string {
  const folder = path.endsWith(`${sep}${METADATA}`) ? dirname(path) : path;
  if (isSavepoint(folder)) return `${relative(root, folder).split(sep).join('/')}/`;
  const what = existsSync(folder) ? `it has no ${METADATA}` : 'there is no such folder';
  throw new TidegateError('TG421', `${path} is no savepoint: ${what}`);
}

const METADATA = savepointMetadataName('');

function isSavepoint(folder: string): boolean {
  return existsSync(join(folder, METADATA));
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
