/** Rebuilds a database's folder from a checkpoint's files. */
import { statSync } from 'node:fs';
import { mkdir, open, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { TidegateError } from '../../common/errors.js';
import type { StateFile } from '../../job/state-handle.js';
import type { SnapshotSource } from '../restore/read-handles.js';
import { diskError } from './rocks-errors.js';
import type { ShippedParts } from './shipped-files.js';

type FolderFiles = readonly { readonly local: string; readonly file: StateFile }[];

/** The time that downloaded files are given: nothing that RocksDB writes afterwards has it. */
const UNTOUCHED_SECONDS = 1;

/**
 * Downloads a checkpoint's files into a new folder.
 * @throws TidegateError TG421 when a file is not whole, TG423, TG424
 */
export async function downloadFolder(files: FolderFiles, source: SnapshotSource, folder: string): Promise<void> {
  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  for (const [local, parts] of partsOf(files)) await download(join(folder, local), parts, source);
}

/** Those of the files that RocksDB has left as they were: what the next checkpoint may refer to. */
export function untouchedParts(files: FolderFiles, folder: string): ShippedParts {
  return new Map(
    [...partsOf(files)].filter(
      ([local]) =>
        local.endsWith('.sst') &&
        statSync(join(folder, local), { throwIfNoEntry: false })?.mtimeMs === UNTOUCHED_SECONDS * 1000,
    ),
  );
}

function partsOf(files: FolderFiles): Map<string, StateFile[]> {
  const parts = new Map<string, StateFile[]>();
  for (const { local, file } of files) parts.set(local, [...(parts.get(local) ?? []), file]);
  return parts;
}

async function download(path: string, parts: readonly StateFile[], source: SnapshotSource): Promise<void> {
  const out = await onDisk(path, () => open(path, 'wx'));
  try {
    for (const part of parts) {
      let bytes = 0;
      let checksum = 0;
      for await (const chunk of source.read(part)) {
        if (chunk.length === 0) continue;
        bytes += chunk.length;
        checksum = crc32(chunk, checksum);
        await onDisk(path, () => out.writeFile(chunk));
      }
      if (bytes !== part.bytes) throw damaged(part, `it has ${bytes} bytes of ${part.bytes}`);
      if (checksum !== part.crc32) throw damaged(part, 'its checksum is another');
    }
  } finally {
    await out.close();
  }
  await onDisk(path, () => utimes(path, UNTOUCHED_SECONDS, UNTOUCHED_SECONDS));
}

function damaged({ name }: StateFile, why: string): TidegateError {
  return new TidegateError(
    'TG421',
    `the state file ${name} is damaged: ${why}. Restore from an older checkpoint or savepoint.`,
  );
}

async function onDisk<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw diskError(`write ${path}`, error);
  }
}
