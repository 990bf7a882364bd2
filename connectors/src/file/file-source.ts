/**
 * Files as a source. Each file is a split; bounded files are read one after the other, followed ones all at once. Where a path
 * is followed, the split is what lies under it, one file after another; where a glob is, its files, those too that come later.
 *
 * What going on at an offset costs: of a plain file of one record a line a seek; of a compressed file, or of a format whose
 * framer cannot start in the middle (CSV, a whole document), reading it from the beginning up to there.
 */
import { resolve } from 'node:path';
import { isDynamicPattern } from 'tinyglobby';
import {
  ConnectorError,
  type ConnectorContext,
  type Format,
  type Source,
  type SourceReader,
  type SourceSplit,
  type SplitEnumerator,
} from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { FramedChunk } from '../reading/framed-chunk.js';
import { QueuedReader, type FeedOutput } from '../reading/queued-reader.js';
import { CHUNK_BYTES, fileChunks } from './chunks.js';
import { FileEnumerator } from './file-enumerator.js';
import { FileFollower } from './file-follower.js';
import { identifyAgain, type FileIdentity } from './file-identity.js';
import type { FollowedFile } from './followed-file.js';
import { GrowingFiles } from './growing-files.js';
import { nameOf, namedFiles, type NamedFilesOptions } from './named-files.js';

const MAX_QUEUED_BYTES = 4 * CHUNK_BYTES;

export interface FileSourceOptions {
  readonly path: readonly string[];
  readonly follow: boolean;
  /** Milliseconds. */
  readonly pollInterval: number;
}

export class FileSource implements Source {
  readonly boundedness: 'bounded' | 'unbounded';
  readonly replayable = true;

  constructor(
    readonly options: FileSourceOptions,
    readonly format: Format,
    readonly context: ConnectorContext,
  ) {
    if (options.follow && !format.seekable) {
      throw new ConnectorError(
        'invalid-option',
        `ingress ${context.name}: follow needs a format of one record a line: json without records, lines or raw`,
      );
    }
    if (options.follow && options.path.some((path) => path.endsWith('.gz'))) {
      throw new ConnectorError('invalid-option', `ingress ${context.name}: a compressed file cannot be followed`);
    }
    this.boundedness = options.follow ? 'unbounded' : 'bounded';
  }

  createEnumerator(known: readonly SourceSplit[]): SplitEnumerator {
    const files = this.#files;
    if (!this.#followsGlobs) return new FileEnumerator(files);
    return new GrowingFiles(this.options.pollInterval, (areSome) => namedFiles(files, areSome), files.baseDir, known);
  }

  get #files(): NamedFilesOptions {
    return { ingress: this.context.name, baseDir: this.context.baseDir, patterns: this.options.path };
  }

  get #followsGlobs(): boolean {
    return this.options.follow && this.options.path.some((path) => isDynamicPattern(path));
  }

  createReader(): SourceReader {
    const { follow } = this.options;
    return new QueuedReader({
      feed: follow ? (split, output) => this.#follow(split, output) : (split, output) => this.#read(split, output),
      concurrency: follow ? Infinity : 1,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context: this.context,
    });
  }

  async #read(split: SourceSplit, output: FeedOutput): Promise<void> {
    const offset = split.offset ?? 0;
    output.setState(await identifyAgain(this.#pathOf(split), split.state as FileIdentity | undefined));
    const framer = this.format.createFramer(offset);
    const batch = new BatchBuilder(split.id);
    for await (const chunk of fileChunks(this.#pathOf(split), this.format.seekable ? offset : 0)) {
      if (output.closed) return;
      output.push(new FramedChunk(chunk, framer, batch));
      await output.drained();
    }
    framer.end(batch);
    output.push(batch.take(0, framer.position));
  }

  #follow(split: SourceSplit, output: FeedOutput): Promise<void> {
    const { format, context } = this;
    const { pollInterval } = this.options;
    const { path = split.id } = (split.state ?? {}) as Partial<FollowedFile>;
    const follower = new FileFollower(
      {
        ...{ path: resolve(context.baseDir, path), pollInterval, format, context },
        split: this.#followsGlobs ? 'file' : 'name',
        nameOf: (moved) => nameOf(moved, this.#files),
      },
      split,
      output,
    );
    return follower.feed();
  }

  #pathOf(split: SourceSplit): string {
    return resolve(this.context.baseDir, split.id);
  }
}
