/**
 * Copies of a job's state files on a worker's own disk, so that a task that is started again there fetches nothing of what
 * it had: Apache Flink's local recovery (TaskLocalStateStore).
 *
 *     FOLDER/NAME      as in the checkpoint storage: see checkpoint/storage-layout.ts
 *
 * Invariants
 * - A copy is of use only when it is as the checkpoint's metadata says, in length and checksum. What is not is deleted, and
 *   the file fetched: the checkpoint storage alone decides what a checkpoint is.
 * - No checkpoint fails for want of a copy: a disk that is full has none.
 * - What a subtask still has is what its last checkpoints name, as the last of them may not have been completed.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { folderOf } from '../../checkpoint/storage-layout.js';
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateBytes, StateFile } from '../../job/state-handle.js';
import type { AttemptId } from '../../rpc/task-execution.js';
import type { SnapshotTarget } from '../../state/keyed-snapshot.js';
import type { CheckpointFiles } from '../../taskmanager/environment.js';

/** Of a subtask: the completed one is among them unless so many have failed since. */
const CHECKPOINTS_KEPT = 3;
const READ_BYTES = 1 << 20;
const TEMPORARY = '.tmp';

/** What a subtask has here. */
interface Copies {
  readonly names: Set<string>;
  /** Of its last checkpoints, oldest first. */
  readonly checkpoints: { readonly checkpoint: number; readonly files: ReadonlySet<string> }[];
}

type Chunks = Parameters<SnapshotTarget['write']>[1];

export class LocalState implements CheckpointFiles {
  readonly #copies = new Map<string, Copies>();
  #bytesLocal = 0;
  #bytesFetched = 0;

  /**
   * @param files the checkpoint storage
   * @param folder of this worker and the job
   * @param log told of copies that are damaged
   */
  constructor(
    private readonly files: CheckpointFiles,
    private readonly folder: string,
    private readonly log: (message: string) => void,
  ) {}

  /** How many bytes were read so far: from copies, and from the checkpoint storage. */
  get bytesRead(): { readonly local: number; readonly fetched: number } {
    return { local: this.#bytesLocal, fetched: this.#bytesFetched };
  }

  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget {
    const target = this.files.target(id, barrier);
    // It is restored elsewhere, if ever.
    if (barrier.type === 'savepoint') return target;
    const copies = this.#of(id);
    return {
      write: (name, chunks) => this.#write(name, chunks, target, copies),
      share: async (name, localPath) => {
        const file = await target.share(name, localPath);
        await this.#keep(file, copies, (path) => link(localPath, path));
        return file;
      },
    };
  }

  /** What the subtask's checkpoint names; copies that its last ones do not are deleted. */
  async acknowledged(id: AttemptId, barrier: CheckpointBarrier, files: readonly StateFile[]): Promise<void> {
    if (barrier.type === 'savepoint') return;
    const { names, checkpoints } = this.#of(id);
    checkpoints.push({ checkpoint: barrier.checkpoint, files: new Set(files.map(({ name }) => name)) });
    checkpoints.splice(0, checkpoints.length - CHECKPOINTS_KEPT);
    const oldest = checkpoints[0]!.checkpoint;
    for (const name of names) {
      const isOld = (folderOf(name)?.checkpoint ?? 0) < oldest;
      if (!isOld || checkpoints.some(({ files: named }) => named.has(name))) continue;
      names.delete(name);
      await this.#drop(name);
    }
  }

  async read(bytes: StateBytes): Promise<Uint8Array> {
    if ('inline' in bytes) return bytes.inline;
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.readChunks(bytes.file)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *readChunks(file: StateFile): AsyncGenerator<Uint8Array> {
    const copy = await this.#whole(file);
    if (copy === undefined) {
      for await (const chunk of this.files.readChunks(file)) {
        this.#bytesFetched += chunk.length;
        yield chunk;
      }
      return;
    }
    this.#bytesLocal += file.bytes;
    try {
      yield* chunksOf(copy);
    } finally {
      await copy.close();
    }
  }

  #of({ task, subtask }: AttemptId): Copies {
    const key = `${task}[${subtask}]`;
    let copies = this.#copies.get(key);
    if (copies === undefined) this.#copies.set(key, (copies = { names: new Set(), checkpoints: [] }));
    return copies;
  }

  async #write(name: string, chunks: Chunks, target: SnapshotTarget, copies: Copies): Promise<StateFile> {
    const copy = await Copy.begin(join(this.folder, `${randomUUID()}${TEMPORARY}`));
    try {
      const file = await target.write(name, copy.passing(chunks));
      await this.#keep(file, copies, (path) => copy.become(path));
      return file;
    } finally {
      await copy.end();
    }
  }

  async #keep({ name }: StateFile, { names }: Copies, make: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await make(path);
      names.add(name);
    } catch {
      await this.#drop(name);
    }
  }

  /** A copy that is whole, open; undefined: there is none. */
  async #whole({ name, bytes, crc32: expected }: StateFile): Promise<FileHandle | undefined> {
    const path = join(this.folder, name);
    const copy = await open(path, 'r').catch(() => undefined);
    if (copy === undefined) return undefined;
    try {
      if ((await copy.stat()).size === bytes && (await checksumOf(copy)) === expected) return copy;
    } catch {
      // A disk that cannot read it has none.
    }
    await copy.close();
    this.log(`the copy of ${name} on this disk is damaged, and is fetched instead`);
    await this.#drop(name);
    return undefined;
  }

  async #drop(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true }).catch(() => undefined);
  }
}

/** A copy while its file is written: whatever goes wrong with it, the file is written. */
class Copy {
  #isWhole = true;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle | undefined,
  ) {
    this.#isWhole = file !== undefined;
  }

  static async begin(path: string): Promise<Copy> {
    const made = mkdir(dirname(path), { recursive: true }).then(() => open(path, 'wx'));
    return new Copy(path, await made.catch(() => undefined));
  }

  async *passing(chunks: Chunks): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.#isWhole) await this.file?.appendFile(chunk).catch(() => (this.#isWhole = false));
      yield chunk;
    }
  }

  /** Rejects when it is not whole. */
  async become(path: string): Promise<void> {
    if (!this.#isWhole) throw new Error('the disk has no room for it');
    await rename(this.path, path);
  }

  async end(): Promise<void> {
    await this.file?.close();
    await rm(this.path, { force: true }).catch(() => undefined);
  }
}

async function checksumOf(file: FileHandle): Promise<number> {
  let checksum = 0;
  for await (const chunk of chunksOf(file)) if (chunk.length > 0) checksum = crc32(chunk, checksum);
  return checksum;
}

function chunksOf(file: FileHandle): AsyncIterable<Uint8Array> {
  return createReadStream('', { fd: file, autoClose: false, start: 0, highWaterMark: READ_BYTES });
}
