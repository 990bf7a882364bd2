/** Rebuilds a database's folder from a checkpoint's files. */
import { statSync } from 'node:fs';
import { mkdir, open, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { TidegateError } from '../../common/errors.js';
import type { FolderPart, StateBytes, StateFile } from '../../job/state-handle.js';
import type { SnapshotSource } from '../restore/read-handles.js';
import { diskError } from './rocks-errors.js';
import type { ShippedParts } from './shipped-files.js';

/** The time that downloaded files are given: nothing that RocksDB writes afterwards has it. */
const UNTOUCHED_SECONDS = 1;

/**
 * Downloads a checkpoint's files into a new folder.
 * @throws TidegateError TG421 when a file is not whole, TG423, TG424
 */
export async function downloadFolder(
  files: readonly FolderPart[],
  source: SnapshotSource,
  folder: string,
): Promise<void> {
  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  for (const [local, parts] of partsOf(files)) await download(join(folder, local), parts, source);
}

/** Those of the files that RocksDB has left as they were: what the next checkpoint may refer to. */
export function untouchedParts(files: readonly FolderPart[], folder: string): ShippedParts {
  return new Map(
    [...partsOf(files)].filter(
      ([local]) =>
        local.endsWith('.sst') &&
        statSync(join(folder, local), { throwIfNoEntry: false })?.mtimeMs === UNTOUCHED_SECONDS * 1000,
    ),
  );
}

function partsOf(files: readonly FolderPart[]): Map<string, StateBytes[]> {
  const parts = new Map<string, StateBytes[]>();
  for (const { local, ...bytes } of files) parts.set(local, [...(parts.get(local) ?? []), bytes]);
  return parts;
}

async function download(path: string, parts: readonly StateBytes[], source: SnapshotSource): Promise<void> {
  const out = await onDisk(path, () => open(path, 'wx'));
  try {
    const write = (chunk: Uint8Array): Promise<void> => onDisk(path, () => out.writeFile(chunk));
    for (const part of parts) {
      if ('inline' in part) await write(part.inline);
      else await copyFile(part.file, source, write);
    }
  } finally {
    await out.close();
  }
  await onDisk(path, () => utimes(path, UNTOUCHED_SECONDS, UNTOUCHED_SECONDS));
}

async function copyFile(
  file: StateFile,
  source: SnapshotSource,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  let bytes = 0;
  let checksum = 0;
  for await (const chunk of source.read(file)) {
    if (chunk.length === 0) continue;
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    await write(chunk);
  }
  if (bytes !== file.bytes) throw damaged(file, `it has ${bytes} bytes of ${file.bytes}`);
  if (checksum !== file.crc32) throw damaged(file, 'its checksum is another');
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
