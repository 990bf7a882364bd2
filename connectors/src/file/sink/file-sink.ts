/**
 * Files as a sink: one file, or a folder of part files, one a subtask.
 *
 * | delivery      | one file                                          | a folder                                        |
 * |---------------|---------------------------------------------------|-------------------------------------------------|
 * | exactly-once  | appended to when a checkpoint completes, cut back | a part an epoch, named when its checkpoint      |
 * |               | on restore (RangeWriter, RangeCommitter)          | completes (PartWriter, PartCommitter)           |
 * | below         | appended to at once (AppendWriter)                | one part an attempt, named when it is closed    |
 *
 * Invariants
 * - Creating the sink touches nothing. A start from the beginning discards what an earlier run left: the file's content,
 *   or the folder's parts (and nothing else in the folder).
 * - Parts are hidden from globs until they are complete.
 */
import { join, resolve } from 'node:path';
import {
  connectorError,
  type Committer,
  type ConnectorContext,
  type Sink,
  type SinkSubtask,
  type SinkWriter,
  type WriterOptions,
} from '../../api/index.js';
import { AppendWriter } from './append-writer.js';
import { AttemptFence } from './attempt-fence.js';
import { completeParts, discardParts } from './earlier-parts.js';
import { FileAppender } from '../../disk/file-appender.js';
import { FencedCommitter } from './fenced-committer.js';
import { nodeFileSystem, type FileSystem } from '../../disk/file-system.js';
import { PartCommitter } from './part-committer.js';
import { PartWriter } from './part-writer.js';
import { RangeCommitter } from './range-committer.js';
import { RangeWriter, type FileEnd } from './range-writer.js';

export interface FileSinkOptions {
  readonly path: string;
  readonly suffix: string;
}

/** Whether a path is a folder of parts. */
export function isFolderPath(path: string): boolean {
  return path.endsWith('/');
}

export class FileSink implements Sink {
  readonly deliveries = ['none', 'at-least-once', 'exactly-once'] as const;
  readonly #path: string;
  readonly #isFolder: boolean;
  readonly #end: FileEnd = { before: undefined };
  #shared: { readonly appender: FileAppender; readonly writers: Set<AppendWriter> } | undefined;

  constructor(
    readonly options: FileSinkOptions,
    readonly context: ConnectorContext,
    readonly header: string | undefined,
    readonly files: FileSystem = nodeFileSystem,
  ) {
    this.#path = resolve(context.baseDir, options.path);
    this.#isFolder = isFolderPath(options.path);
  }

  createWriter(options: WriterOptions): SinkWriter {
    if (options.delivery !== 'exactly-once') {
      return this.#isFolder ? this.#appendPart(options) : this.#appendShared(options);
    }
    const { context, files, header } = this;
    const { path, suffix } = this.options;
    const { subtask, attempt } = options;
    if (this.#isFolder) {
      return new PartWriter({ path, folder: this.#path, suffix, header, subtask, attempt, context, files });
    }
    this.#assertSingle(options);
    return new RangeWriter({ path, sideFolder: this.#stagedFolder, attempt, context, files, end: this.#end });
  }

  createCommitter(options: SinkSubtask): Committer {
    const { context, files, header } = this;
    const { path } = this.options;
    const [target, sideFolder, end] = [this.#path, this.#stagedFolder, this.#end];
    const fence = new AttemptFence(files, sideFolder, options.attempt, context.name);
    if (this.#isFolder) {
      const parts = new PartCommitter({ path, folder: target, fence, ...options, context, files });
      return new FencedCommitter(target, fence, parts);
    }
    this.#assertSingle(options);
    const { attempt } = options;
    const range = new RangeCommitter({ path, target, header, sideFolder, fence, attempt, context, files, end });
    return new FencedCommitter(target, fence, range);
  }

  get #stagedFolder(): string {
    return join(this.context.stateDir, 'staged');
  }

  #assertSingle({ parallelism }: SinkSubtask): void {
    if (parallelism !== 1) throw new Error(`one file has one writer, not ${parallelism}: see maxParallelism`);
  }

  #appendShared({ restored }: WriterOptions): SinkWriter {
    const shared = (this.#shared ??= {
      appender: this.#appender(this.#path, restored ? 'a' : 'w'),
      writers: new Set(),
    });
    const writer: AppendWriter = new AppendWriter(shared.appender, async () => {
      shared.writers.delete(writer);
      // The last one closes; the others only make sure of their own records.
      await (shared.writers.size === 0 ? shared.appender.close() : shared.appender.flush());
    });
    shared.writers.add(writer);
    shared.appender.onReady(() => {
      for (const each of shared.writers) each.tellReady();
    });
    return writer;
  }

  #appendPart(options: WriterOptions): SinkWriter {
    const { files } = this;
    const name = `part-${options.subtask}-${options.attempt}${this.options.suffix}`;
    const inProgress = join(this.#path, `.${name}.inprogress`);
    const before = (options.restored ? completeParts : discardParts)(files, this.#path, options);
    const appender = this.#appender(inProgress, 'w', before);
    const writer: AppendWriter = new AppendWriter(appender, async () => {
      await appender.close();
      await files
        .rename(inProgress, join(this.#path, name))
        .catch((error: unknown) => Promise.reject(connectorError(inProgress, error)));
    });
    appender.onReady(() => writer.tellReady());
    return writer;
  }

  #appender(path: string, mode: 'w' | 'a', before?: Promise<void>): FileAppender {
    const { context, files, header } = this;
    return new FileAppender({
      path,
      mode,
      context,
      files,
      ...(header === undefined ? {} : { header: `${header}\n` }),
      ...(before === undefined ? {} : { before }),
    });
  }
}
