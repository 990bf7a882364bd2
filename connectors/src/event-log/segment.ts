/**
 * A segment: one file of a log, named after the sequence number of its first entry.
 *
 * Invariant: only the last segment of a log may end in a torn entry; `recover` cuts it off.
 */
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ConnectorError } from '../api/index.js';
import { readEntry } from './entry.js';

const NAME = /^(\d{16})\.log$/;
const SCAN_BYTES = 1024 * 1024;

export interface Segment {
  readonly path: string;
  /** Sequence number of the first entry. */
  readonly first: number;
  /** Sequence number after the last entry that is on the disk for good. */
  next: number;
  /** Length in bytes up to there. */
  bytes: number;
}

export function segmentPath(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(16, '0')}.log`);
}

/** The first sequence numbers of the segments in a folder, rising. */
export async function listSegments(folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder)).map((name) => NAME.exec(name)?.[1]);
  return names
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
}

/** Reads a segment through: counts its entries and cuts off a torn last one. */
export async function recoverSegment(
  folder: string,
  first: number,
  isLast: boolean,
): Promise<{ segment: Segment; cutBytes: number }> {
  const path = segmentPath(folder, first);
  const segment: Segment = { path, first, next: first, bytes: 0 };
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    for await (const entries of scan(handle, size)) {
      segment.next += entries.count;
      segment.bytes = entries.end;
    }
    if (segment.bytes === size) return { segment, cutBytes: 0 };
    if (!isLast) throw new ConnectorError('corrupt', `${path}: damaged at byte ${segment.bytes} of ${size}`);
    await handle.truncate(segment.bytes);
    await handle.datasync();
    return { segment, cutBytes: size - segment.bytes };
  } finally {
    await handle.close();
  }
}

/** Whole entries from the beginning, block by block, until the first that is torn or damaged. */
async function* scan(handle: FileHandle, size: number): AsyncGenerator<{ count: number; end: number }> {
  let position = 0;
  let wanted = SCAN_BYTES;
  while (position < size) {
    const bytes = Buffer.allocUnsafe(Math.min(wanted, size - position));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
    let at = 0;
    let count = 0;
    let entry = readEntry(bytes.subarray(0, bytesRead), 0);
    for (; entry.kind === 'entry'; entry = readEntry(bytes.subarray(0, bytesRead), at)) {
      at = entry.end;
      count++;
    }
    position += at;
    if (count > 0) yield { count, end: position };
    // An entry that is longer than what is left of the file is torn.
    if (entry.kind === 'damaged' || position + entry.needed > size) return;
    wanted = Math.max(SCAN_BYTES, entry.needed);
  }
}
