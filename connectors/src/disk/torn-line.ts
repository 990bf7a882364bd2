/** What a process that died in the middle of a write left of a line. */
import type { FileSystem, OpenFile } from './file-system.js';

const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Cuts a file behind its last whole line, so that the next line is not joined to half of another. */
export async function cutTornLine(files: FileSystem, path: string): Promise<void> {
  const status = await files.status(path);
  // A pipe or a device keeps nothing.
  if (status === undefined || !status.isRegular || status.size === 0) return;
  const file = await files.open(path, 'r+');
  try {
    const end = await endOfLines(file, status.size);
    if (end < status.size) await file.truncate(end);
  } finally {
    await file.close();
  }
}

/** Where the last whole line of a file ends. */
export async function endOfLines(file: OpenFile, size: number): Promise<number> {
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, size));
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const read = await file.read(block.subarray(0, end - start), start);
    const at = block.subarray(0, read).lastIndexOf(LINE_FEED);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}
