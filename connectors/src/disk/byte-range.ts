/** A range of a file and what it holds: by this a file is known again. */
import { crc32 } from 'node:zlib';
import type { OpenFile } from './file-system.js';

const BLOCK_BYTES = 256 * 1024;

export interface Digest {
  readonly bytes: number;
  /** CRC-32. */
  readonly crc: number;
}

export interface ByteRange extends Digest {
  readonly offset: number;
}

export const NOTHING: Digest = { bytes: 0, crc: 0 };

export function extend({ bytes, crc }: Digest, more: Uint8Array): Digest {
  return { bytes: bytes + more.length, crc: crc32(more, crc) };
}

export function endOf({ offset, bytes }: ByteRange): number {
  return offset + bytes;
}

/** The bytes from `offset` on, in blocks that are valid until the next one; fewer than `bytes` where the file ends. */
export async function* readBlocks(file: OpenFile, offset: number, bytes: number): AsyncGenerator<Buffer, void, void> {
  const buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, bytes));
  for (let done = 0; done < bytes;) {
    const read = await file.read(buffer.subarray(0, Math.min(buffer.length, bytes - done)), offset + done);
    if (read === 0) return;
    yield buffer.subarray(0, read);
    done += read;
  }
}

/** What a file holds between two offsets. */
export async function rangeOf(file: OpenFile, offset: number, end: number): Promise<ByteRange> {
  let found = NOTHING;
  for await (const block of readBlocks(file, offset, end - offset)) found = extend(found, block);
  return { offset, ...found };
}

/** Whether the file holds exactly that there. */
export async function holds(file: OpenFile, range: ByteRange): Promise<boolean> {
  const { bytes, crc } = await rangeOf(file, range.offset, endOf(range));
  return bytes === range.bytes && crc === range.crc;
}
