/**
 * Appends to a file from synchronous calls: text is gathered and written in blocks, one write at a time.
 *
 * Invariants
 * - Order is kept; what is gathered is written at the latest `LINGER_MS` later, or when a block is full.
 * - `isReady` is false above `MAX_PENDING` characters, which bounds what waits for a slow disk.
 * - After a failed write nothing more is written: the error is told once to `fail` and to every later flush.
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectorError, type ConnectorContext, type ConnectorError } from '../api/index.js';

const BLOCK = 64 * 1024;
const MAX_PENDING = 16 * BLOCK;
const LINGER_MS = 20;

export class FileAppender {
  #pending: (string | Uint8Array)[] = [];
  #pendingSize = 0;
  #handle: FileHandle | undefined;
  #writing: Promise<void> | undefined;
  #cancelLinger: (() => void) | undefined;
  #error: ConnectorError | undefined;
  #onReady: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    readonly path: string,
    /** `w` empties the file when it is opened, `a` goes on at its end. */
    readonly mode: 'w' | 'a',
    readonly context: Pick<ConnectorContext, 'schedule' | 'fail'>,
    /** What must have happened before the file is opened; may reject. */
    readonly before?: Promise<void>,
  ) {
    // Told when the file is opened; until then it is nobody's.
    before?.catch(() => undefined);
  }

  write(block: string | Uint8Array): void {
    this.#pending.push(block);
    this.#pendingSize += block.length;
    if (this.#pendingSize >= BLOCK) this.#start();
    else this.#cancelLinger ??= this.context.schedule(LINGER_MS, () => this.#start());
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
    const handle = await this.#open();
    await handle.datasync().catch((error: unknown) => Promise.reject(connectorError(this.path, error)));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#handle?.close();
    }
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
      const handle = await this.#open();
      for (const bytes of asBytes(blocks)) await writeFully(handle, bytes);
    } catch (error) {
      this.#error = connectorError(this.path, error);
      this.context.fail(this.#error);
    }
    if (!wasReady) this.#onReady?.();
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    try {
      await this.before;
      await mkdir(dirname(this.path), { recursive: true });
      this.#handle = await open(this.path, this.mode);
      return this.#handle;
    } catch (error) {
      throw connectorError(this.path, error);
    }
  }
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

/** A disk that runs full takes a part first. */
async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
}
