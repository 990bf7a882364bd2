/** Checkpoint storage in memory, for tests: what a snapshot writes and what a restore reads. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { TidegateError } from '../../src/common/errors.js';
import type { StateFile } from '../../src/job/state-handle.js';
import type { SnapshotTarget } from '../../src/state/keyed-snapshot.js';
import type { SnapshotSource } from '../../src/state/restore/read-handles.js';

export class MemoryCheckpoints implements SnapshotSource {
  readonly files = new Map<string, Uint8Array>();
  /** Bytes that were written, deleted ones included. */
  shipped = 0;

  /** A checkpoint's own folder, and the one that all checkpoints share. */
  target(folder: string): SnapshotTarget {
    return {
      write: async (name, chunks) => {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk.slice());
        return this.#store(`${folder}/${name}`, Buffer.concat(parts));
      },
      share: async (id, localPath) => {
        await Promise.resolve();
        return this.#store(`shared/${id}`, readFileSync(localPath));
      },
    };
  }

  #store(name: string, bytes: Uint8Array): StateFile {
    const before = this.files.get(name);
    if (before !== undefined && Buffer.compare(before, bytes) !== 0)
      throw new Error(`${name} was written with another content`);
    this.files.set(name, bytes);
    this.shipped += bytes.length;
    return { name, bytes: bytes.length, crc32: crc32(bytes) };
  }

  async *read(file: StateFile): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    const bytes = this.contentOf(file);
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }

  contentOf(file: StateFile): Uint8Array {
    const bytes = this.files.get(file.name);
    if (bytes === undefined) throw new TidegateError('TG421', `the state file ${file.name} is missing`);
    return bytes;
  }
}
