/**
 * The state files of a job's checkpoints in a folder: written by its tasks, read by its next attempts.
 *
 * Invariants
 * - A file's name holds the attempt and the checkpoint that it was written for, so no attempt ever writes over another's.
 * - A file is acknowledged only when it and the folders that lead to it are synced; what is read is held against the
 *   length and checksum that its handle gives.
 */
import { constants } from 'node:fs';
import { copyFile, link, open, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { messageOf, TidegateError } from '../../common/errors.js';
import { subtaskFolder } from '../../checkpoint/storage-layout.js';
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateBytes, StateFile } from '../../job/state-handle.js';
import type { AttemptId } from '../../rpc/task-execution.js';
import type { SnapshotTarget } from '../../state/keyed-snapshot.js';
import type { CheckpointFiles } from '../../taskmanager/environment.js';
import { codeOf, inMadeFolder, syncFolder, TEMPORARY } from './file-storage.js';

const READ_BYTES = 1 << 20;

export class CheckpointFolder implements CheckpointFiles {
  /** @param failpoint told between the pieces of a file */
  constructor(
    readonly root: string,
    private readonly failpoint: (name: string) => void = () => undefined,
  ) {}

  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget {
    const folder = subtaskFolder(id, barrier);
    return {
      write: (name, chunks) => this.#write(folder + encodeURIComponent(name), chunks),
      share: (id, localPath) => this.#share(folder + encodeURIComponent(id), localPath),
    };
  }

  async read(bytes: StateBytes): Promise<Uint8Array> {
    return 'inline' in bytes ? bytes.inline : this.readFile(bytes.file);
  }

  /** A file in pieces; whether they were whole is known at the end. Throws TG421 when not. */
  async *readChunks({ name, bytes, crc32: expected }: StateFile): AsyncGenerator<Uint8Array> {
    let length = 0;
    let checksum = 0;
    const file = await open(join(this.root, name), 'r').catch((error: unknown) => {
      throw damaged(this.root, name, messageOf(error));
    });
    try {
      for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: READ_BYTES })) {
        const content = chunk as Buffer;
        length += content.length;
        checksum = crc32(content, checksum);
        yield content;
      }
    } finally {
      await file.close();
    }
    if (length !== bytes) throw damaged(this.root, name, `it has ${length} bytes instead of ${bytes}`);
    if (checksum !== expected) throw damaged(this.root, name, 'its checksum does not fit');
  }

  /** Rejects with TG421 when the file is not whole. */
  async readFile({ name, bytes, crc32: expected }: StateFile): Promise<Uint8Array> {
    const content = await readFile(join(this.root, name)).catch((error: unknown) => {
      throw damaged(this.root, name, messageOf(error));
    });
    if (content.length !== bytes) throw damaged(this.root, name, `it has ${content.length} bytes instead of ${bytes}`);
    if (crc32(content) !== expected) throw damaged(this.root, name, 'its checksum does not fit');
    return content;
  }

  #write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StateFile> {
    return this.#put(name, async (path) => {
      let bytes = 0;
      let checksum = 0;
      const file = await open(path, 'wx');
      try {
        for await (const chunk of chunks) {
          // The checksum of nothing behind something is not the something's: see nodejs/node, zlib.crc32.
          if (chunk.length === 0) continue;
          await file.appendFile(chunk);
          this.failpoint('state.midFile');
          bytes += chunk.length;
          checksum = crc32(chunk, checksum);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      return { bytes, checksum };
    });
  }

  /** Links the file where that is possible, and copies it to another disk. */
  #share(name: string, localPath: string): Promise<StateFile> {
    return this.#put(name, async (path) => {
      try {
        await link(localPath, path);
      } catch (error) {
        if (codeOf(error) !== 'exists') await copy(localPath, path, error);
      }
      return syncAndSum(path);
    });
  }

  /** @param make makes the file durable, but not its name */
  async #put(name: string, make: (path: string) => Promise<Sum>): Promise<StateFile> {
    const path = join(this.root, name);
    const folder = dirname(path);
    const { bytes, checksum } = await inMadeFolder(folder, () => make(path));
    await syncFolder(folder);
    return { name, bytes, crc32: checksum };
  }
}

/** What a handle says of a file's content. */
interface Sum {
  readonly bytes: number;
  readonly checksum: number;
}

async function copy(from: string, to: string, whyNotLinked: unknown): Promise<void> {
  if ((whyNotLinked as NodeJS.ErrnoException).code !== 'EXDEV') throw whyNotLinked;
  const temporary = join(dirname(to), `${TEMPORARY}${basename(to)}`);
  await copyFile(from, temporary, constants.COPYFILE_FICLONE);
  await rename(temporary, to);
}

async function syncAndSum(path: string): Promise<Sum> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    let checksum = 0;
    for await (const chunk of file.createReadStream({ autoClose: false })) checksum = crc32(chunk as Buffer, checksum);
    await file.datasync();
    return { bytes: size, checksum };
  } finally {
    await file.close();
  }
}

function damaged(root: string, name: string, what: string): TidegateError {
  return new TidegateError('TG421', `the checkpoint's file ${join(root, name)} is not whole: ${what}`);
}
