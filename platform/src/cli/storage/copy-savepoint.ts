/**
 * Copies a savepoint to another folder, as it is: all that it holds has names that are relative to its folder.
 *
 * Invariants
 * - The copy is a savepoint, by its `_metadata`, only when all of it is there and durable.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { savepointMetadataName } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import { makeFolder, syncFolder } from './file-storage.js';

const METADATA = savepointMetadataName('');

/** @throws TidegateError TG443 when there is something in `to` already */
export async function copySavepoint(from: string, to: string): Promise<void> {
  await assertEmpty(to);
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const inside = join(entry.parentPath, entry.name).slice(from.length);
    if (entry.isFile() && join(inside) !== join('/', METADATA) && inside !== METADATA)
      await copyDurably(join(entry.parentPath, entry.name), join(to, inside));
  }
  const partial = join(to, `.${METADATA}-partial`);
  await copyDurably(join(from, METADATA), partial);
  await rename(partial, join(to, METADATA));
  await syncFolder(to);
}

export async function assertEmpty(folder: string): Promise<void> {
  await makeFolder(folder);
  if ((await readdir(folder)).length > 0)
    throw new TidegateError('TG443', `${folder} is not empty; a savepoint has a folder of its own`);
}

async function copyDurably(from: string, to: string): Promise<void> {
  const folder = join(to, '..');
  await mkdir(folder, { recursive: true });
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(to, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
}
