/**
 * Appends to a file from synchronous calls: text is gathered and written in blocks, one write at a time.
 *
 * Invariants
 * - Order is kept; what is gathered is written at the latest `LINGER_MS` later, or when a block is full.
 * - `isReady` is false above `MAX_PENDING` characters, which bounds what waits for a slow disk.
 * - After a failed write nothing more is written: the error is told once to `fail` and to every later flush.
 */
import { dirname } from 'node:path';
import { connectorError, ConnectorError, type ConnectorContext } from '../api/index.js';
import { nodeFileSystem, writeFully, type FileSystem, type OpenFile } from './file-system.js';
import { cutTornLine } from './torn-line.js';

const BLOCK = 64 * 1024;
const MAX_PENDING = 16 * BLOCK;
const LINGER_MS = 20;

export interface FileAppenderOptions {
  readonly path: string;
  /** `w` empties the file when it is opened, `wx` makes a new one, `a` goes on at its end, behind its last whole line. */
  readonly mode: 'w' | 'wx' | 'a';
  readonly context: Pick<ConnectorContext, 'schedule' | 'fail'>;
  readonly files?: FileSystem;
  /** Text that an empty file begins with. */
  readonly header?: string;
  /** What must have happened before the file is opened; may reject. */
  readonly before?: Promise<void>;
  /** While the disk is away the file is not opened, and what is to be written waits. Absent: it fails. */
  readonly waitsForDisk?: boolean;
}

/** What is told of a folder on a disk that is not there, as of a share whose server has gone. */
const AWAY = ['ENOTDIR', 'ENOTCONN', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH'];
const AWAY_PAUSE_MS = 500;

export class FileAppender {
  readonly #files: FileSystem;
  #pending: (string | Uint8Array)[] = [];
  #pendingSize = 0;
  #file: OpenFile | undefined;
  #writing: Promise<void> | undefined;
  #cancelLinger: (() => void) | undefined;
  #error: ConnectorError | undefined;
  #onReady: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #isDiscarded = false;

  constructor(readonly options: FileAppenderOptions) {
    this.#files = options.files ?? nodeFileSystem;
    // Told when the file is opened; until then it is nobody's.
    options.before?.catch(() => undefined);
  }

  write(block: string | Uint8Array): void {
    this.#pending.push(block);
    this.#pendingSize += block.length;
    if (this.#pendingSize >= BLOCK) this.#start();
    else this.#cancelLinger ??= this.options.context.schedule(LINGER_MS, () => this.#start());
  }

  get isReady(): boolean {
    return this.#pendingSize < MAX_PENDING;
  }

  /** The one callback for the change from not ready to ready. */
  onReady(callback: () => void): void {
    this.#onReady = callback;
  }

  /** Resolves when all that was written is on the disk; opens the file in any case. */
  async flush(): Promise<void> {
    await this.#drain();
    const file = await this.#open();
    await file.sync().catch((error: unknown) => Promise.reject(connectorError(this.options.path, error)));
  }

  close(): Promise<void> {
    this.#closing ??= this.flush().finally(() => this.#file?.close());
    return this.#closing;
  }

  /** Stops writing and removes the file. */
  async discard(): Promise<void> {
    this.#isDiscarded = true;
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    this.#pending = [];
    await this.#writing;
    await this.#file?.close();
    await this.#files.remove(this.options.path);
  }

  async #drain(): Promise<void> {
    while (this.#error === undefined && (this.#writing !== undefined || this.#pending.length > 0)) {
      this.#start();
      await this.#writing;
    }
    if (this.#error !== undefined) throw this.#error;
  }

  #start(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    if (this.#writing !== undefined || this.#error !== undefined || this.#pending.length === 0) return;
    this.#writing = this.#writePending().finally(() => {
      this.#writing = undefined;
      // Written at once, full or not: its time may have come while the write was under way.
      this.#start();
    });
  }

  async #writePending(): Promise<void> {
    const wasReady = this.isReady;
    const blocks = this.#pending;
    this.#pending = [];
    this.#pendingSize = 0;
    try {
      const file = await this.#open();
      for (const bytes of asBytes(blocks)) await writeFully(file, bytes);
    } catch (error) {
      this.#error ??= connectorError(this.options.path, error);
      // Nobody waits any more for a disk that is away.
      if (!this.#isDiscarded || !isAway(error)) this.options.context.fail(this.#error);
    }
    if (!wasReady) this.#onReady?.();
  }

  async #open(): Promise<OpenFile> {
    if (this.#file !== undefined) return this.#file;
    const { path, mode, before, header } = this.options;
    try {
      await before;
      await this.#makeFolder();
      if (mode === 'a') await cutTornLine(this.#files, path);
      const file = await this.#files.open(path, mode);
      this.#file = file;
      if (header !== undefined && (await file.status()).size === 0) await writeFully(file, Buffer.from(header));
      return file;
    } catch (error) {
      throw (this.#error ??= connectorError(path, error));
    }
  }

  async #makeFolder(): Promise<void> {
    const { path, waitsForDisk, context } = this.options;
    for (;;) {
      try {
        return await this.#files.makeFolder(dirname(path));
      } catch (error) {
        if (this.#isDiscarded || waitsForDisk !== true || !isAway(error)) throw error;
        await new Promise<void>((resolve) => context.schedule(AWAY_PAUSE_MS, resolve));
      }
    }
  }
}

function isAway(error: unknown): boolean {
  const cause = error instanceof ConnectorError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && AWAY.includes(String(cause.code));
}

/** Runs of text become one buffer each. */
function* asBytes(blocks: readonly (string | Uint8Array)[]): Generator<Uint8Array> {
  let text = '';
  for (const block of blocks) {
    if (typeof block === 'string') {
      text += block;
      continue;
    }
    if (text !== '') yield Buffer.from(text);
    text = '';
    yield block;
  }
  if (text !== '') yield Buffer.from(text);
}
