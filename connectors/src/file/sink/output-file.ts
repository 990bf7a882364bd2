/**
 * The one visible file of an egress, to which committed epochs are written at the offsets that they were staged for.
 *
 * Invariants
 * - An epoch is the same bytes at the same place whoever writes it and however often, so that an attempt that was taken for
 *   dead changes nothing when it goes on.
 * - What is to be discarded goes with its inode: the rest is put under the name in a new file. Such an attempt still has the
 *   old one open, and writes where nobody looks.
 * - Bytes that this egress did not write are never overwritten in place, and bytes that are missing are never passed over.
 */
import { dirname, join } from 'node:path';
import { ConnectorError } from '../../api/index.js';
import type { AttemptFence } from './attempt-fence.js';
import { endOf, extend, holds, NOTHING, rangeOf, readBlocks, type ByteRange } from '../../disk/byte-range.js';
import { writeFully, type FileStatus, type FileSystem, type OpenFile } from '../../disk/file-system.js';
import { endOfLines } from '../../disk/torn-line.js';

/** How much of a file is looked at to know it again, where nothing else is known of it. */
const TAIL_BYTES = 64 * 1024;

/** An epoch's place, and its bytes as they were staged. */
export interface EpochBytes {
  readonly range: ByteRange;
  /** In blocks that are valid until the next one; undefined when they are gone, as they are some time after a commit. */
  blocks(): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined>;
}

export class OutputFile {
  #file: OpenFile | undefined;
  /** The length that the file should have. */
  #length = 0;
  /** How long it may be by a write that failed. */
  #reached = 0;

  constructor(
    readonly files: FileSystem,
    readonly fence: AttemptFence,
    readonly path: string,
    /** A name in the same folder under which the successor of a file is made. */
    readonly draft: string,
    readonly hooks: { failpoint(name: string): void; log(message: string): void },
  ) {}

  /** Puts a file with nothing but the header under the name. Gives the range that the first epoch follows. */
  async begin(header: Uint8Array): Promise<ByteRange> {
    await this.#succeed((draft) => writeFully(draft, header, 0));
    this.#length = header.length;
    return { offset: 0, ...extend(NOTHING, header) };
  }

  /** Goes on behind the last whole line of what is there, of which no checkpoint knows. */
  async adopt(header: Uint8Array): Promise<ByteRange> {
    const status = await this.#status();
    if (status === undefined || status.size === 0) return this.begin(header);
    const file = await this.#openThere();
    const end = await endOfLines(file, status.size);
    const tail = await rangeOf(file, Math.max(0, end - TAIL_BYTES), end);
    if (end < status.size) await this.#succeed((draft) => copy(file, draft, end));
    this.#length = end;
    return tail;
  }

  /**
   * Makes the file hold what a checkpoint knows: what it had before, the epochs, and nothing behind them. With `rewound` it
   * becomes a new file in any case, as an earlier attempt may be about to write other epochs to those places.
   * Throws a ConnectorError `corrupt` when the file is not the one that the checkpoint knew.
   */
  async restore(before: ByteRange, epochs: readonly EpochBytes[], rewound: boolean): Promise<void> {
    const start = endOf(before);
    const end = Math.max(start, ...epochs.map(({ range }) => endOf(range)));
    const status = await this.#status();
    if (status === undefined && start === 0) return this.#restoreGone(epochs, end);
    if (status === undefined) throw this.#missing(start);
    if (status.size < start) throw this.#shortened(status.size, start);
    const file = await this.#openThere();
    if (!(await holds(file, before))) {
      throw new ConnectorError(
        'corrupt',
        `${this.path}: bytes ${before.offset} to ${start} are not what this egress wrote there; put the file back, or start with --fresh`,
      );
    }
    if (rewound || status.size > end) {
      if (status.size > end)
        this.hooks.log(`${this.path}: ${status.size - end} bytes behind the checkpoint are cut off`);
      await this.#succeed(async (draft) => {
        await copy(file, draft, start);
        for (const epoch of epochs) await this.#put(draft, epoch, file);
      });
    } else {
      for (const epoch of epochs) await this.#put(file, epoch, file);
      await file.sync();
    }
    this.#length = end;
  }

  /** Makes a file that was empty before these epochs, and is not there: nothing of it can be missing. */
  async #restoreGone(epochs: readonly EpochBytes[], end: number): Promise<void> {
    await this.#succeed(async (draft) => {
      for (const epoch of epochs) await this.#put(draft, epoch, draft);
    });
    this.#length = end;
  }

  /** Writes an epoch so that it cannot be lost; of a failed write nothing stays visible. */
  async append(epoch: EpochBytes): Promise<void> {
    const { range } = epoch;
    if (endOf(range) <= this.#length) return;
    if (range.offset !== this.#length) throw new Error(`an epoch at ${range.offset} follows ${this.#length} bytes`);
    const file = await this.#checkedFile();
    this.#reached = endOf(range);
    try {
      await this.#put(file, epoch, file);
      this.hooks.failpoint('fileSink.midCommit');
      await file.sync();
    } catch (error) {
      await this.#takeBack(file, range).catch(() => undefined);
      throw error;
    }
    this.#length = endOf(range);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The status of the file by its name; throws where exactly-once cannot be. */
  async #status(): Promise<FileStatus | undefined> {
    const status = await this.files.status(this.path);
    if (status === undefined || status.isRegular) return status;
    throw new ConnectorError(
      'invalid-option',
      `${this.path} is no regular file, so what was written cannot be taken back; write delivery: at-least-once`,
    );
  }

  async #openThere(): Promise<OpenFile> {
    await this.close();
    return (this.#file = await this.files.open(this.path, 'r+'));
  }

  /**
   * Writes an epoch. That the file seems to hold it already is trusted only when its bytes are nowhere else: what was read
   * may be a page whose sync has failed.
   */
  async #put(into: OpenFile, { range, blocks }: EpochBytes, there: OpenFile): Promise<void> {
    if (range.bytes === 0) return;
    const staged = await blocks();
    if (staged === undefined && !(await holds(there, range))) {
      throw new ConnectorError(
        'corrupt',
        `${this.path}: the ${range.bytes} bytes that were staged for it are gone; restore the egress's state folder, or start with --fresh`,
      );
    }
    let at = range.offset;
    for await (const block of staged ?? readBlocks(there, at, range.bytes)) {
      await writeFully(into, block, at);
      at += block.length;
    }
  }

  /** The open file, if it is still what lies under the name and has the length that it should have. */
  async #checkedFile(): Promise<OpenFile> {
    if (this.#file === undefined) throw new Error('a committer recovers before it commits');
    const [mine, named] = await Promise.all([this.#file.status(), this.#status()]);
    if (named === undefined || named.identity !== mine.identity) {
      await this.fence.assertLatest();
      throw new ConnectorError(
        'corrupt',
        `${this.path} was ${named === undefined ? 'removed' : 'replaced'} while it was written; put it back, or start with --fresh`,
      );
    }
    if (mine.size < this.#length) throw this.#shortened(mine.size, this.#length);
    if (mine.size > Math.max(this.#length, this.#reached)) {
      await this.fence.assertLatest();
      throw new ConnectorError(
        'corrupt',
        `${this.path}: ${mine.size - this.#length} bytes were appended by somebody else; one file belongs to one egress`,
      );
    }
    return this.#file;
  }

  /** What a failed write left is cut off, unless there is anything that it cannot have left. */
  async #takeBack(file: OpenFile, range: ByteRange): Promise<void> {
    await this.fence.assertLatest();
    const { size } = await file.status();
    if (size > range.offset && size <= endOf(range)) await file.truncate(range.offset);
  }

  #missing(expected: number): ConnectorError {
    return new ConnectorError(
      'corrupt',
      `${this.path} is not there, but ${expected} bytes had been written to it when the state was saved: put it back (from where the state comes, if that was moved), give the egress another path, or start with --fresh`,
    );
  }

  #shortened(found: number, expected: number): ConnectorError {
    return new ConnectorError(
      'corrupt',
      `${this.path} has ${found} bytes, but ${expected} were written: somebody shortened it; put it back, or start with --fresh`,
    );
  }

  /** Makes a new file and puts it under the name, in one step and unless a later attempt is at work. */
  async #succeed(fill: (draft: OpenFile) => Promise<void>): Promise<void> {
    const folder = dirname(this.path);
    await this.files.makeFolder(folder);
    const permissions = (await this.#status())?.mode;
    const draftPath = join(folder, this.draft);
    const draft = await this.files.open(draftPath, 'w+', permissions);
    try {
      await fill(draft);
      await draft.sync();
      await this.fence.assertLatest();
      await this.files.rename(draftPath, this.path);
      await this.files.syncFolder(folder);
    } catch (error) {
      await draft.close();
      throw error;
    }
    await this.close();
    this.#file = draft;
  }
}

async function copy(from: OpenFile, into: OpenFile, bytes: number): Promise<void> {
  let at = 0;
  for await (const block of readBlocks(from, 0, bytes)) {
    await writeFully(into, block, at);
    at += block.length;
  }
}
