/** A writer below exactly-once: what is written is appended at once, and there for good after a flush. */
import type { OutgoingRecord, SinkWriter } from '../../api/index.js';
import { Readiness } from '../../writing/readiness.js';
import type { FileAppender } from '../../disk/file-appender.js';

const LINE_END = Buffer.from('\n');

export class AppendWriter implements SinkWriter {
  readonly #readiness = new Readiness();
  #closing: Promise<void> | undefined;

  /** A record and its line end are written together, so lines of two writers of one appender never mix. */
  constructor(
    readonly appender: FileAppender,
    readonly finish: () => Promise<void>,
  ) {}

  write(record: OutgoingRecord): void {
    const { payload } = record;
    this.appender.write(typeof payload === 'string' ? `${payload}\n` : Buffer.concat([payload, LINE_END]));
  }

  ready(): boolean {
    return this.#readiness.answer(this.appender.isReady);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  tellReady(): void {
    this.#readiness.tell();
  }

  /** Nothing is held back for a checkpoint. */
  stage(): Uint8Array {
    return new Uint8Array();
  }

  flush(): Promise<void> {
    return this.appender.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.finish();
    return this.#closing;
  }
}
