/**
 * Where a writer keeps the records of its epochs until they are committed: in the checkpoint where they are few, else in side
 * files in the egress's state folder.
 *
 * Invariants
 * - Each record is a line.
 * - `flush` resolves when the side files of all sealed epochs are durable, names included.
 */
import { join } from 'node:path';
import type { ConnectorContext } from '../api/index.js';
import type { Digest } from '../disk/byte-range.js';
import type { FileSystem } from '../disk/file-system.js';
import { Readiness } from '../writing/readiness.js';
import { EpochBuffer } from './epoch-buffer.js';
import { PendingWrites } from './pending-writes.js';

/** More than this is not put into a checkpoint's metadata. */
const INLINE_BYTES = 256 * 1024;
export const SIDE_SUFFIX = '.staged';

export interface EpochStageOptions {
  readonly sideFolder: string;
  /** What names of side files begin with: nobody else's do. */
  readonly owner: string;
  readonly context: Pick<ConnectorContext, 'schedule' | 'fail'>;
  readonly files: FileSystem;
}

/** The records of one epoch, wherever they are. */
export interface StagedRecords {
  readonly digest: Digest;
  /** Name of the file that holds them. */
  readonly side: string | undefined;
  /** The records where there is no side file. */
  readonly inline: readonly Uint8Array[];
}

export class EpochStage {
  readonly #pending = new PendingWrites();
  readonly #readiness = new Readiness();
  #epochs = 0;
  #side = '';
  #buffer: EpochBuffer;

  constructor(private readonly options: EpochStageOptions) {
    this.#buffer = this.#next();
  }

  write(line: string | Uint8Array): void {
    this.#buffer.write(line);
  }

  ready(): boolean {
    return this.#readiness.answer(this.#buffer.isReady);
  }

  onReady(callback: () => void): void {
    this.#readiness.onReady(callback);
  }

  /** Ends an epoch. */
  seal(): StagedRecords {
    const { files, sideFolder } = this.options;
    const { digest, records, written } = this.#buffer.seal();
    const side = written === undefined ? undefined : this.#side;
    if (written !== undefined)
      this.#pending.add(
        written.then(() => files.syncFolder(sideFolder)),
        sideFolder,
      );
    this.#buffer = this.#next();
    // It was the sealed buffer's disk that was waited for.
    this.#readiness.tell();
    return { digest, side, inline: records };
  }

  flush(): Promise<void> {
    return this.#pending.settled();
  }

  /** Drops what was not sealed. */
  async close(): Promise<void> {
    await this.#buffer.discard();
    await this.#pending.settled();
  }

  #next(): EpochBuffer {
    const { owner, sideFolder, context, files } = this.options;
    this.#side = `${owner}-${this.#epochs++}${SIDE_SUFFIX}`;
    const path = join(sideFolder, this.#side);
    const buffer = new EpochBuffer({ path, memoryBytes: INLINE_BYTES, context, files });
    buffer.onReady(() => this.#readiness.tell());
    return buffer;
  }
}
