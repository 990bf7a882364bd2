/**
 * Follows one growing file, by name as `tail -F` does.
 *
 * Invariants
 * - A replaced file is read to its end before its successor is begun; an unfinished last line of it is a line.
 * - Offsets keep rising across replacement and truncation: the successor's first byte follows the last one before it.
 *   Only an offset within the first file can be found again after a restart; a file that is shorter than the offset is
 *   taken as a successor and read from its beginning.
 * - The file is looked at by its size and identity every `pollInterval`: notifications of file systems lose changes.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { connectorError, type ConnectorContext, type Format, type Framer, type SourceSplit } from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { FramedChunk } from '../reading/framed-chunk.js';
import type { FeedOutput } from '../reading/queued-reader.js';
import { handleChunks } from './chunks.js';

type Change = 'grown' | 'none' | 'replaced' | 'truncated';

export class FileFollower {
  /** Bytes of the file in work that were read. */
  #read = 0;

  constructor(
    readonly path: string,
    /** Milliseconds. */
    readonly pollInterval: number,
    readonly format: Format,
    readonly context: ConnectorContext,
  ) {}

  async feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    try {
      await this.#feed(split, output);
    } catch (error) {
      throw connectorError(this.path, error);
    }
  }

  async #feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    const batch = new BatchBuilder(split.id);
    let framer = this.format.createFramer(split.offset ?? 0);
    let handle = await open(this.path);
    try {
      const { size } = await handle.stat();
      this.#read = framer.position <= size ? framer.position : 0;
      while (!output.closed) {
        await this.#readToEnd(handle, framer, batch, output);
        const change = await this.#change(handle);
        if (change === 'none') await output.sleep(this.pollInterval);
        if (change === 'none' || change === 'grown') continue;
        // What was written between the last look and the replacement.
        if (change === 'replaced') await this.#readToEnd(handle, framer, batch, output);
        framer.end(batch);
        output.push(batch.take(0, framer.position));
        framer = this.format.createFramer(framer.position);
        this.#read = 0;
        this.context.log?.(`${this.path} was ${change}: reading it from its beginning`);
        if (change === 'replaced') {
          await handle.close();
          handle = await open(this.path);
        }
      }
    } finally {
      await handle.close();
    }
  }

  async #readToEnd(handle: FileHandle, framer: Framer, batch: BatchBuilder, output: FeedOutput): Promise<void> {
    for await (const chunk of handleChunks(handle, this.#read)) {
      if (output.closed) return;
      this.#read += chunk.length;
      output.push(new FramedChunk(chunk, framer, batch));
      await output.drained();
    }
  }

  async #change(handle: FileHandle): Promise<Change> {
    const [mine, named] = await Promise.all([handle.stat(), stat(this.path).catch(() => undefined)]);
    if (mine.size < this.#read) return 'truncated';
    if (mine.size > this.#read) return 'grown';
    // While a rotation is under way there may be no file of that name.
    return named === undefined || (named.ino === mine.ino && named.dev === mine.dev) ? 'none' : 'replaced';
  }
}
