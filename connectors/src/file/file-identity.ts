/**
 * By what a file is known again when reading goes on in it: its first bytes, and that it is no shorter. A copy of a file, on
 * another machine too, is the same file; a successor of the same name is not.
 */
import { crc32 } from 'node:zlib';
import { open, type FileHandle } from 'node:fs/promises';
import { ConnectorError, connectorError } from '../api/index.js';

/** Two files that share so much of their beginnings are taken for one. */
export const HEAD_BYTES = 4096;

/** Plain data: the state of a file's split. */
export interface FileIdentity {
  /** Bytes that the file had, compressed if it is. */
  readonly size: number;
  readonly head: { readonly bytes: number; readonly crc: number };
}

/** Undefined for what has no length: a pipe, a device. */
export async function identify(handle: FileHandle): Promise<FileIdentity | undefined> {
  const stats = await handle.stat();
  if (!stats.isFile()) return undefined;
  const bytes = Math.min(HEAD_BYTES, stats.size);
  return { size: stats.size, head: { bytes, crc: await headCrc(handle, bytes) } };
}

/** Whether an open file begins as another did, or is that file, grown. */
export async function beginsAs(handle: FileHandle, { head }: FileIdentity): Promise<boolean> {
  const { size } = await handle.stat();
  return size >= head.bytes && (await headCrc(handle, head.bytes)) === head.crc;
}

/**
 * The identity of the file at a path, which must be the one that is known from before, if any.
 * Throws a ConnectorError `corrupt` where it is not.
 */
export async function identifyAgain(path: string, known: FileIdentity | undefined): Promise<FileIdentity | undefined> {
  try {
    const handle = await open(path);
    try {
      const found = await identify(handle);
      if (known === undefined || found === undefined) return found;
      if (found.size < known.size) throw changed(path, `it had ${known.size} bytes and has ${found.size}`);
      if (!(await beginsAs(handle, known))) throw changed(path, 'its first bytes are others');
      return found;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw connectorError(path, error);
  }
}

function changed(path: string, what: string): ConnectorError {
  return new ConnectorError(
    'corrupt',
    `${path} is not the file that was read before: ${what}; put it back, or start with --fresh`,
  );
}

async function headCrc(handle: FileHandle, bytes: number): Promise<number> {
  const head = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(head, 0, bytes, 0);
  return crc32(head.subarray(0, bytesRead));
}
