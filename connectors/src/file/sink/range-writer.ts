/**
 * The writer of an egress that is one file, exactly once: each epoch gets the place in the file that follows the one before,
 * and its records wait in the checkpoint, or in a side file where they are many, until the checkpoint is complete.
 *
 * Invariant: places follow each other without gaps from where `recover` left the file, so one writer serves the whole file.
 */
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../../api/index.js';
import { endOf, type ByteRange } from '../../disk/byte-range.js';
import type { FileSystem } from '../../disk/file-system.js';
import { EpochStage } from '../../staging/epoch-stage.js';
import { encodeStaged } from '../../staging/staged-bytes.js';
import type { StagedRange } from './staged-form.js';

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
  readonly #stage: EpochStage;

  constructor(readonly options: RangeWriterOptions) {
    this.#stage = new EpochStage({ ...options, owner: String(options.attempt) });
  }

  write(record: OutgoingRecord): void {
    this.#stage.write(record.payload);
  }

  ready(): boolean {
    return this.#stage.ready();
  }

  onReady(callback: () => void): void {
    this.#stage.onReady(callback);
  }

  stage(): Uint8Array {
    const { path, end, context } = this.options;
    const { before } = end;
    if (before === undefined) throw new Error('a committer recovers before its writer stages');
    const { digest, side, inline } = this.#stage.seal();
    const range = { offset: endOf(before), ...digest };
    const where = side === undefined ? {} : { side };
    const staged = encodeStaged(
      { form: 'range', version: 1, path, ...range, before, ...where } satisfies StagedRange,
      inline,
    );
    if (range.bytes > 0) end.before = range;
    context.failpoint?.('fileSink.afterStage');
    return staged;
  }

  async flush(): Promise<void> {
    await this.#stage.flush();
    this.options.context.failpoint?.('fileSink.afterFlush');
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}
