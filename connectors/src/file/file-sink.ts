/**
 * Files as a sink: one file that all subtasks append to, or a folder of part files, one a subtask.
 *
 * Invariants
 * - A record and its line end are written together, so lines of two subtasks never mix.
 * - A part is named `.part-0-0.jsonl.inprogress` (hidden from globs) until it is complete, then `part-0-0.jsonl`.
 * - Creating the sink touches nothing; the first writer discards what an earlier run left: the file's content, or the
 *   folder's parts (and nothing else in the folder).
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  connectorError,
  type ConnectorContext,
  type OutgoingRecord,
  type Sink,
  type SinkWriter,
  type WriterOptions,
} from '../api/index.js';
import { FileAppender } from './file-appender.js';

const PART = /^(?:part-\d+-\d+|\.part-\d+-\d+.*\.inprogress)/;

export interface FileSinkOptions {
  readonly path: string;
  readonly suffix: string;
}

export class FileSink implements Sink {
  readonly deliveries = ['at-least-once'] as const;
  readonly #path: string;
  readonly #isFolder: boolean;
  #shared: { readonly appender: FileAppender; writers: Set<FileWriter> } | undefined;
  #cleared: Promise<void> | undefined;

  constructor(
    readonly options: FileSinkOptions,
    readonly context: ConnectorContext,
    readonly header: string | undefined,
  ) {
    this.#path = resolve(context.baseDir, options.path);
    this.#isFolder = options.path.endsWith('/');
  }

  createWriter({ subtask }: WriterOptions): SinkWriter {
    return this.#isFolder ? this.#createPart(subtask) : this.#createShared();
  }

  #createShared(): SinkWriter {
    const shared = (this.#shared ??= { appender: this.#begin(this.#path), writers: new Set() });
    const writer: FileWriter = new FileWriter(shared.appender, async () => {
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

  #createPart(subtask: number): SinkWriter {
    const name = `part-${subtask}-0${this.options.suffix}`;
    const inProgress = join(this.#path, `.${name}.inprogress`);
    this.#cleared ??= clearParts(this.#path);
    const appender = this.#begin(inProgress, this.#cleared);
    const writer: FileWriter = new FileWriter(appender, async () => {
      await appender.close();
      await rename(inProgress, join(this.#path, name)).catch((error: unknown) =>
        Promise.reject(connectorError(inProgress, error)),
      );
    });
    appender.onReady(() => writer.tellReady());
    return writer;
  }

  #begin(path: string, before?: Promise<void>): FileAppender {
    const appender = new FileAppender(path, 'w', this.context, before);
    if (this.header !== undefined) appender.write(`${this.header}\n`);
    return appender;
  }
}

class FileWriter implements SinkWriter {
  #onReady: (() => void) | undefined;
  #awaited = false;
  #closing: Promise<void> | undefined;

  constructor(
    readonly appender: FileAppender,
    readonly finish: () => Promise<void>,
  ) {}

  write(record: OutgoingRecord): void {
    const { payload } = record;
    this.appender.write(typeof payload === 'string' ? `${payload}\n` : Buffer.concat([payload, LINE_END]));
  }

  ready(): boolean {
    const { isReady } = this.appender;
    if (!isReady) this.#awaited = true;
    return isReady;
  }

  onReady(callback: () => void): void {
    this.#onReady = callback;
  }

  tellReady(): void {
    if (!this.#awaited) return;
    this.#awaited = false;
    this.#onReady?.();
  }

  /** At least once: nothing is held back for a checkpoint. */
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

const LINE_END = Buffer.from('\n');

async function clearParts(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (PART.test(name)) await rm(join(folder, name));
  } catch (error) {
    throw connectorError(folder, error);
  }
}
