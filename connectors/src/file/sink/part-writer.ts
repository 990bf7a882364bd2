/**
 * The writer of a folder of parts, exactly once: each epoch with records is a part of its own.
 *
 * Invariant: `flush` resolves when the staged parts lie there complete and durable under the names that the epochs say.
 */
import { join } from 'node:path';
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../../api/index.js';
import { Readiness } from '../../writing/readiness.js';
import { EpochBuffer } from '../../staging/epoch-buffer.js';
import type { FileSystem } from '../../disk/file-system.js';
import { committedName, inProgressName, pendingName } from './part-name.js';
import { PendingWrites } from '../../staging/pending-writes.js';
import { encodeStaged } from '../../staging/staged-bytes.js';
import type { StagedPart } from './staged-form.js';

export interface PartWriterOptions {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly folder: string;
  readonly suffix: string;
  readonly header: string | undefined;
  readonly subtask: number;
  readonly attempt: number;
  readonly context: ConnectorContext;
  readonly files: FileSystem;
}

export class PartWriter implements SinkWriter {
  readonly #pending = new PendingWrites();
  #parts = 0;
  #inProgress = '';
  #buffer: EpochBuffer;
  readonly #readiness = new Readiness();

  constructor(readonly options: PartWriterOptions) {
    this.#buffer = this.#next();
  }

  write(record: OutgoingRecord): void {
    const { header } = this.options;
    if (header !== undefined && this.#buffer.isEmpty) this.#buffer.write(header);
    this.#buffer.write(record.payload);
  }

  ready(): boolean {
    return this.#readiness.answer(this.#buffer.isReady);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  stage(epoch: number): Uint8Array {
    const { path, subtask, attempt, suffix, context } = this.options;
    const { digest, written } = this.#buffer.seal();
    const base = { form: 'part', version: 1, path } as const;
    if (written === undefined) return encodeStaged(base satisfies StagedPart);
    const name = committedName(subtask, epoch, attempt, suffix);
    this.#pending.add(this.#finish(written, this.#inProgress, pendingName(name)), path);
    this.#buffer = this.#next();
    // It was the sealed buffer's disk that was waited for.
    this.#readiness.tell();
    context.failpoint?.('fileSink.afterStage');
    return encodeStaged({ ...base, part: { name, bytes: digest.bytes } } satisfies StagedPart);
  }

  async flush(): Promise<void> {
    await this.#pending.settled();
    this.options.context.failpoint?.('fileSink.afterFlush');
  }

  async close(): Promise<void> {
    await this.#buffer.discard();
    await this.#pending.settled();
  }

  async #finish(written: Promise<void>, inProgress: string, pending: string): Promise<void> {
    const { files, folder } = this.options;
    await written;
    await files.rename(join(folder, inProgress), join(folder, pending));
    await files.syncFolder(folder);
  }

  #next(): EpochBuffer {
    const { folder, subtask, attempt, suffix, context, files } = this.options;
    this.#inProgress = inProgressName(subtask, attempt, this.#parts++, suffix);
    const path = join(folder, this.#inProgress);
    const buffer = new EpochBuffer({ path, memoryBytes: 0, context, files });
    buffer.onReady(() => this.#readiness.tell());
    return buffer;
  }
}
