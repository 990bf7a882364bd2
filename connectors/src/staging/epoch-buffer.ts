/**
 * The records of one epoch until it is staged: a few in memory, many in a file, so that an epoch may be larger than memory.
 *
 * Invariants
 * - Each record is a line. What `seal` says about length and checksum is exact, whatever is still on its way to the disk.
 * - The file is made when it is needed, as a new one: nobody else's file of that name is ever written to.
 */
import type { ConnectorContext } from '../api/index.js';
import { extend, NOTHING, type Digest } from '../disk/byte-range.js';
import { FileAppender } from '../disk/file-appender.js';
import type { FileSystem } from '../disk/file-system.js';

const BLOCK = 64 * 1024;
const LINE_END = Buffer.from('\n');

export interface EpochBufferOptions {
  /** Where the records go when they are more than `memoryBytes`. */
  readonly path: string;
  readonly memoryBytes: number;
  readonly context: Pick<ConnectorContext, 'schedule' | 'fail'>;
  readonly files: FileSystem;
}

export interface SealedEpoch {
  readonly digest: Digest;
  /** The records, where they are kept in memory. */
  readonly records: readonly Uint8Array[];
  /** Resolves when the file is complete and durable, but for its name; undefined where the records are in memory. */
  readonly written: Promise<void> | undefined;
}

export class EpochBuffer {
  #text = '';
  #blocks: Uint8Array[] = [];
  #digest = NOTHING;
  #file: FileAppender | undefined;
  #onReady: (() => void) | undefined;

  constructor(readonly options: EpochBufferOptions) {}

  get isEmpty(): boolean {
    return this.#text === '' && this.#digest.bytes === 0;
  }

  get isReady(): boolean {
    return this.#file?.isReady ?? true;
  }

  onReady(callback: () => void): void {
    this.#onReady = callback;
    this.#file?.onReady(callback);
  }

  write(payload: string | Uint8Array): void {
    if (typeof payload === 'string') {
      this.#text += `${payload}\n`;
      if (this.#text.length >= BLOCK) this.#cut();
      return;
    }
    this.#cut();
    this.#add(Buffer.concat([payload, LINE_END]));
  }

  seal(): SealedEpoch {
    this.#cut();
    const written = this.#file?.close();
    // Whoever flushes is told; until then it is nobody's.
    written?.catch(() => undefined);
    return { digest: this.#digest, records: this.#blocks, written };
  }

  /** Gives up what was written. */
  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  #cut(): void {
    if (this.#text === '') return;
    const block = Buffer.from(this.#text);
    this.#text = '';
    this.#add(block);
  }

  #add(block: Uint8Array): void {
    this.#digest = extend(this.#digest, block);
    if (this.#file === undefined && this.#digest.bytes <= this.options.memoryBytes) {
      this.#blocks.push(block);
      return;
    }
    const file = (this.#file ??= this.#open());
    for (const earlier of this.#blocks.splice(0)) file.write(earlier);
    file.write(block);
  }

  #open(): FileAppender {
    const file = new FileAppender({ ...this.options, mode: 'wx', waitsForDisk: true });
    if (this.#onReady !== undefined) file.onReady(this.#onReady);
    return file;
  }
}
