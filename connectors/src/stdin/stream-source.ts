/**
 * A readable stream of the process as a source: one split. What was read before a restart is gone.
 *
 * Invariants
 * - The stream is paused by leaving its chunks unread, so no more than its own buffer piles up.
 * - Offsets go on after a restart where the checkpoint was, so that no two records of a job have the same.
 */
import type { Readable } from 'node:stream';
import {
  connectorError,
  type ConnectorContext,
  type Format,
  type Source,
  type SourceReader,
  type SourceSplit,
  type SplitEnumerator,
} from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { QueuedReader, type FeedOutput } from '../reading/queued-reader.js';

const MAX_QUEUED_BYTES = 1024 * 1024;

export class StreamSource implements Source {
  readonly boundedness = 'bounded';
  readonly replayable = false;

  constructor(
    readonly stream: Readable,
    /** The split's id, and what messages call it. */
    readonly split: string,
    readonly format: Format,
    readonly context: ConnectorContext,
  ) {}

  createEnumerator(): SplitEnumerator {
    return { discover: async () => [{ id: this.split }], close: async () => undefined };
  }

  createReader(): SourceReader {
    return new QueuedReader({
      feed: (split, output) => this.#feed(split, output),
      concurrency: 1,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context: this.context,
    });
  }

  async #feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    try {
      await this.#read(split, output);
    } catch (error) {
      throw connectorError(this.split, error);
    }
  }

  async #read(split: SourceSplit, output: FeedOutput): Promise<void> {
    const framer = this.format.createFramer(0);
    const batch = new BatchBuilder(this.split, split.offset);
    output.onClose(() => this.stream.destroy());
    for await (const chunk of this.stream as AsyncIterable<Buffer>) {
      if (output.closed) return;
      framer.push(chunk, batch);
      output.push(batch.take(chunk.length, framer.position));
      await output.room();
    }
    framer.end(batch);
    output.push(batch.take(0, framer.position));
  }
}
