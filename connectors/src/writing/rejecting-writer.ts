/** A writer beside which records are kept that its format cannot write: a checkpoint waits for them, too. */
import type { OutgoingRecord, SinkWriter } from '../api/index.js';
import { encodeJson } from '../formats/json-encoding.js';
import type { RejectedRecords } from './rejected-records.js';

export class RejectingWriter implements SinkWriter {
  readonly end?: () => Promise<void>;

  constructor(
    private readonly writer: SinkWriter,
    private readonly rejected: RejectedRecords,
  ) {
    if (writer.end !== undefined) this.end = () => this.#both(writer.end!());
  }

  write(record: OutgoingRecord): void {
    this.writer.write(record);
  }

  /** @param record plain values @param id of its alert */
  reject(record: unknown, id: string | undefined, reason: string): void {
    this.rejected.add({ payload: encodeJson(record), ...(id === undefined ? {} : { id }) }, reason);
  }

  ready(): boolean {
    return this.writer.ready();
  }

  onReady(callback: () => void): void {
    this.writer.onReady(callback);
  }

  stage(epoch: number): Uint8Array {
    return this.writer.stage(epoch);
  }

  flush(): Promise<void> {
    return this.#both(this.writer.flush());
  }

  async close(): Promise<void> {
    try {
      await this.writer.close();
    } finally {
      await this.rejected.close();
    }
  }

  async #both(written: Promise<void>): Promise<void> {
    await Promise.all([written, this.rejected.flush()]);
  }
}
