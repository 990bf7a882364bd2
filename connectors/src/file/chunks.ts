/**
 * The bytes of a file, decompressed where its name ends in .gz, in chunks from an offset.
 *
 * Invariant: one chunk is read ahead while the one before is in use, in two buffers that take turns: a chunk is valid until
 * the next one is asked for.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConnectorError, connectorError } from '../api/index.js';

export const CHUNK_BYTES = 512 * 1024;

/** Throws a ConnectorError when the file cannot be opened, read or decompressed. */
export async function* fileChunks(path: string, offset: number): AsyncGenerator<Buffer, void, void> {
  try {
    yield* path.endsWith('.gz') ? decompressedChunks(path, offset) : plainChunks(path, offset);
  } catch (error) {
    throw connectorError(path, error);
  }
}

async function* plainChunks(path: string, offset: number): AsyncGenerator<Buffer, void, void> {
  const handle = await open(path);
  try {
    yield* handleChunks(handle, offset);
  } finally {
    await handle.close();
  }
}

/** From an open file, which stays open. */
export async function* handleChunks(handle: FileHandle, offset: number): AsyncGenerator<Buffer, void, void> {
  const { size } = await handle.stat();
  // A pipe or a device has no size.
  const bufferBytes = size > 0 ? Math.min(CHUNK_BYTES, Math.max(size - offset, 1)) : CHUNK_BYTES;
  let current = Buffer.allocUnsafeSlow(bufferBytes);
  let ahead = Buffer.allocUnsafeSlow(bufferBytes);
  let position = offset;
  const readAhead = (): Promise<{ bytesRead: number }> => {
    const reading = handle.read(ahead, 0, bufferBytes, position);
    // Whoever awaits it sees the error; nobody does when the consumer stops early.
    reading.catch(() => undefined);
    return reading;
  };
  let reading = readAhead();
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      position += bytesRead;
      [current, ahead] = [ahead, current];
      reading = readAhead();
      yield current.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => undefined);
  }
}

async function* decompressedChunks(path: string, offset: number): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // The iteration below reports the error; pipeline only needs a callback to pass it on.
  pipeline(createReadStream(path), gunzip, () => undefined);
  let position = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      const skipped = Math.min(chunk.length, Math.max(0, offset - position));
      position += chunk.length;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new ConnectorError('corrupt', `${path}: not a complete gzip file (${error.message})`, { cause: error });
    }
    throw error;
  } finally {
    gunzip.destroy();
  }
}
