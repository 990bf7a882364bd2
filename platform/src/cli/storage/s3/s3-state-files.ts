/**
 * The state files of a job's checkpoints in a bucket: written by its tasks, read by its next attempts.
 *
 * Invariants
 * - A file's name holds the attempt and the checkpoint that it was written for, so no attempt ever writes over another's.
 * - What is read is held against the length and checksum that its handle gives. A file that is not whole is TG421; a store
 *   that does not answer is TG424, and says nothing of the file.
 */
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { subtaskFolder } from '../../../checkpoint/storage-layout.js';
import { TidegateError } from '../../../common/errors.js';
import type { CheckpointBarrier } from '../../../job/checkpoint-barrier.js';
import type { StateBytes, StateFile } from '../../../job/state-handle.js';
import type { AttemptId } from '../../../rpc/task-execution.js';
import type { SnapshotTarget } from '../../../state/keyed-snapshot.js';
import type { CheckpointFiles } from '../../../taskmanager/environment.js';
import { locationText } from './location.js';
import { codeOf, storageFailed } from './s3-error.js';
import type { S3Objects } from './s3-objects.js';
import { upload } from './s3-upload.js';

/** So often in a row a download may end early without having brought anything. */
const FRUITLESS_MAX = 4;
const LOCAL_READ_BYTES = 1 << 20;

export class S3StateFiles implements CheckpointFiles {
  /** @param failpoint told between the pieces of a file */
  constructor(
    private readonly objects: S3Objects,
    private readonly failpoint: (name: string) => void = () => undefined,
  ) {}

  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget {
    const folder = subtaskFolder(id, barrier);
    return {
      write: (name, chunks) => this.#write(folder + encodeURIComponent(name), chunks),
      share: (id, localPath) =>
        this.#write(
          folder + encodeURIComponent(id),
          createReadStream(localPath, { highWaterMark: LOCAL_READ_BYTES }) as AsyncIterable<Uint8Array>,
        ),
    };
  }

  async read(bytes: StateBytes): Promise<Uint8Array> {
    if ('inline' in bytes) return bytes.inline;
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.readChunks(bytes.file)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** A file in pieces; whether they were whole is known at the end. A download that breaks off is gone on with. */
  async *readChunks({ name, bytes, crc32: expected }: StateFile): AsyncGenerator<Uint8Array> {
    let length = 0;
    let checksum = 0;
    let tag: string | undefined;
    for (let fruitless = 0; ;) {
      const before = length;
      try {
        const opened = await this.objects.open(name, length, tag);
        tag = opened.tag;
        for await (const chunk of opened.body) {
          const content = chunk as Buffer;
          length += content.length;
          if (content.length > 0) checksum = crc32(content, checksum);
          yield content;
        }
        break;
      } catch (error) {
        if (codeOf(error) === 'missing') throw this.#damaged(name, 'it is not there');
        // An object of more bytes than it should have is no better with more tries, and neither is one that was replaced.
        if (codeOf(error) === 'exists') throw this.#damaged(name, 'it was replaced while it was read');
        if (length >= bytes) break;
        fruitless = length > before ? 0 : fruitless + 1;
        if (fruitless > FRUITLESS_MAX) throw storageFailed(this.objects.location, `read ${name}`, error);
      }
    }
    if (length !== bytes) throw this.#damaged(name, `it has ${length} bytes instead of ${bytes}`);
    if (checksum !== expected) throw this.#damaged(name, 'its checksum does not fit');
  }

  async #write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StateFile> {
    let checksum = 0;
    const { failpoint } = this;
    const summed = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        if (chunk.length === 0) continue;
        checksum = crc32(chunk, checksum);
        yield chunk;
        failpoint('state.midFile');
      }
    };
    try {
      return { name, bytes: await upload(this.objects, name, summed()), crc32: checksum };
    } catch (error) {
      if (error instanceof TidegateError) throw error;
      throw storageFailed(this.objects.location, `write ${name}`, error);
    }
  }

  #damaged(name: string, what: string): TidegateError {
    const place = locationText(this.objects.location);
    return new TidegateError('TG421', `the checkpoint's file ${place}${name} is not whole: ${what}`);
  }
}
