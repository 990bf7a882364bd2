/**
 * Checkpoint storage and state files in memory: for runs that nobody resumes, as those of `tidegate test`.
 */
import { crc32 } from 'node:zlib';
import { subtaskFolder } from '../../checkpoint/storage-layout.js';
import type { Storage, StorageAnswer, StorageRequest } from '../../common/storage.js';
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateBytes, StateFile } from '../../job/state-handle.js';
import type { AttemptId } from '../../rpc/task-execution.js';
import type { SnapshotTarget } from '../../state/keyed-snapshot.js';
import type { CheckpointFiles } from '../../taskmanager/environment.js';

export class MemoryStorage implements Storage, CheckpointFiles {
  readonly #files = new Map<string, Uint8Array>();

  request(request: StorageRequest): Promise<StorageAnswer> {
    return Promise.resolve(this.#answer(request));
  }

  #answer(request: StorageRequest): StorageAnswer {
    switch (request.op) {
      case 'create':
        if (this.#files.has(request.name)) return { ok: false, code: 'exists', message: `${request.name} is there` };
        this.#files.set(request.name, request.bytes);
        return { ok: true };
      case 'read': {
        const bytes = this.#files.get(request.name);
        if (bytes === undefined) return { ok: false, code: 'missing', message: `${request.name} is not there` };
        return { ok: true, bytes };
      }
      case 'list':
        return { ok: true, names: [...this.#files.keys()].filter((name) => name.startsWith(request.prefix)).sort() };
      case 'delete':
        for (const name of request.names) this.#files.delete(name);
        return { ok: true };
    }
  }

  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget {
    const folder = subtaskFolder(id, barrier);
    return {
      write: (name, chunks) => this.#write(folder + encodeURIComponent(name), chunks),
      share: () => Promise.reject(new Error('state in memory has no local files')),
    };
  }

  async #write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StateFile> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    this.#files.set(name, bytes);
    return { name, bytes: bytes.length, crc32: crc32(bytes) };
  }

  async read(bytes: StateBytes): Promise<Uint8Array> {
    if ('inline' in bytes) return bytes.inline;
    const content = this.#files.get(bytes.file.name);
    if (content === undefined) throw new Error(`${bytes.file.name} is not there`);
    return content;
  }

  async *readChunks(file: StateFile): AsyncGenerator<Uint8Array> {
    yield await this.read({ file });
  }
}
