/**
 * The writer of an egress that is one file, exactly once: each epoch gets the place in the file that follows the one before,
 * and its records wait in the checkpoint, or in a side file where they are many, until the checkpoint is complete.
 *
 * Invariants
 * - Places follow each other without gaps from where `recover` left the file, so one writer serves the whole file.
 * - `flush` resolves when the side files of all staged epochs are durable, names included.
 */
import { join } from 'node:path';
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../../api/index.js';
import { Readiness } from '../../writing/readiness.js';
import { endOf, type ByteRange } from './byte-range.js';
import { EpochBuffer } from './epoch-buffer.js';
import type { FileSystem } from './file-system.js';
import { PendingWrites } from './pending-writes.js';
import { encodeStaged } from './staged-form.js';

/** More than this is not put into a checkpoint's metadata. */
const INLINE_BYTES = 256 * 1024;

/** Where the next epoch follows: told by the committer's `recover`, advanced by the writer. */
export interface FileEnd {
  before: ByteRange | undefined;
}

export interface RangeWriterOptions {
  /** As the user wrote it. */
  readonly path: string;
  readonly sideFolder: string;
  readonly attempt: number;
  readonly context: ConnectorContext;
  readonly files: FileSystem;
  readonly end: FileEnd;
}

export class RangeWriter implements SinkWriter {
  readonly #pending = new PendingWrites();
  #epochs = 0;
  #side = '';
  #buffer: EpochBuffer;
  readonly #readiness = new Readiness();

  constructor(readonly options: RangeWriterOptions) {
    this.#buffer = this.#next();
  }

  write(record: OutgoingRecord): void {
    this.#buffer.write(record.payload);
  }

  ready(): boolean {
    return this.#readiness.answer(this.#buffer.isReady);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  stage(): Uint8Array {
    const { path, end, files, sideFolder, context } = this.options;
    const { before } = end;
    if (before === undefined) throw new Error('a committer recovers before its writer stages');
    const { digest, records, written } = this.#buffer.seal();
    const range = { offset: endOf(before), ...digest };
    if (written !== undefined)
      this.#pending.add(
        written.then(() => files.syncFolder(sideFolder)),
        sideFolder,
      );
    const side = written === undefined ? {} : { side: this.#side };
    const staged = encodeStaged({ form: 'range', version: 1, path, ...range, before, ...side }, records);
    if (range.bytes > 0) end.before = range;
    this.#buffer = this.#next();
    // It was the sealed buffer's disk that was waited for.
    this.#readiness.tell();
    context.failpoint?.('fileSink.afterStage');
    return staged;
  }

  async flush(): Promise<void> {
    await this.#pending.settled();
    this.options.context.failpoint?.('fileSink.afterFlush');
  }

  async close(): Promise<void> {
    await this.#buffer.discard();
    await this.#pending.settled();
  }

  #next(): EpochBuffer {
    const { attempt, sideFolder, context, files } = this.options;
    this.#side = `${attempt}-${this.#epochs++}.staged`;
    const path = join(sideFolder, this.#side);
    const buffer = new EpochBuffer({ path, memoryBytes: INLINE_BYTES, context, files });
    buffer.onReady(() => this.#readiness.tell());
    return buffer;
  }
}
