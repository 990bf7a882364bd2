/** Records that a receiver has refused for good, with the reason, in `rejected.jsonl` of the egress's state folder. */
import { join } from 'node:path';
import type { ConnectorContext, OutgoingRecord } from '../api/index.js';
import { FileAppender } from '../disk/file-appender.js';

export class RejectedRecords {
  #file: FileAppender | undefined;

  constructor(private readonly context: ConnectorContext) {}

  add({ payload, id }: Pick<OutgoingRecord, 'payload' | 'id'>, reason: string): void {
    const { context } = this;
    this.#file ??= new FileAppender({ path: join(context.stateDir, 'rejected.jsonl'), mode: 'a', context });
    const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString();
    this.#file.write(`${JSON.stringify({ reason, id, payload: text })}\n`);
  }

  /** Resolves when what was rejected is on the disk. */
  async flush(): Promise<void> {
    await this.#file?.flush();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
