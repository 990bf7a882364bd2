/**
 * Follows growing files: one by one under a name, as `tail -F` does, or one file alone under whatever name.
 *
 * Invariants
 * - A replaced file is read to its end and then its successor begun, or the split ends there where it is one file's; an
 *   unfinished last line of it is a line.
 * - Offsets keep rising across replacement and truncation: the successor's first byte follows the last one before it. The
 *   split's state says which file the offset lies in, and where that began.
 * - After a restart reading goes on in that file, wherever it was rotated to, and then in its successors. When it is gone,
 *   with records that nobody has read, that is an error. A file that was truncated in place is read from its beginning, as
 *   while it is followed.
 * - Where the file was removed, and under its name is a copy of it (as `rsync` leaves it), reading goes on in the copy.
 * - The file is looked at by its size and identity every `pollInterval`: notifications of file systems lose changes.
 */
import type { BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import {
  ConnectorError,
  connectorError,
  type ConnectorContext,
  type Format,
  type Framer,
  type SourceSplit,
} from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { FramedChunk } from '../reading/framed-chunk.js';
import type { FeedOutput } from '../reading/queued-reader.js';
import { absent } from '../disk/absent.js';
import { handleChunks } from './chunks.js';
import { beginsAs, HEAD_BYTES } from './file-identity.js';
import { findAgain, findCopyAgain } from './find-again.js';
import {
  COPIED_WHILE_FOLLOWED,
  identifyFollowed,
  inodeOf,
  isCopy,
  isSame,
  type FollowedFile,
} from './followed-file.js';
import { isCompressed, siblingsOf } from './rotation.js';

type Change =
  | 'grown'
  | 'none'
  /** Its name is another file's, or it was removed. */
  | 'replaced'
  | 'copied'
  | 'truncated';

export interface FollowerOptions {
  /** Absolute: where it was last. */
  readonly path: string;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** What a split is: the files that have the name one after another; or one file, whose successors are splits too. */
  readonly split: 'name' | 'file';
  /** How a path is written in splits; undefined for what the ingress does not read. */
  nameOf(path: string): string | undefined;
  readonly format: Format;
  readonly context: ConnectorContext;
}

export class FileFollower {
  readonly #batch: BatchBuilder;
  #framer: Framer;
  /** Absolute. */
  #path: string;
  /** The path as it stands in the split's state, if it does. */
  #name: string | undefined;
  /** The file in work. */
  #handle: FileHandle | undefined;
  /** Bytes of it that were read. */
  #read = 0;
  /** The split's offset at its first byte. */
  #base = 0;
  #known: FollowedFile | undefined;
  /** Files that were rotated away while nobody followed, to be read before the one that has the name. */
  #behind: string[] = [];

  constructor(
    private readonly options: FollowerOptions,
    private readonly from: SourceSplit,
    private readonly output: FeedOutput,
  ) {
    this.#batch = new BatchBuilder(from.id);
    this.#framer = options.format.createFramer(from.offset ?? 0);
    this.#path = options.path;
    this.#name = (from.state as FollowedFile | undefined)?.path;
  }

  async feed(): Promise<void> {
    try {
      await this.#feed();
    } catch (error) {
      throw connectorError(this.#path, error);
    } finally {
      await this.#handle?.close();
    }
  }

  async #feed(): Promise<void> {
    const { output } = this;
    const { split, pollInterval } = this.options;
    if (!(await this.#openAgain())) return;
    while (!output.closed) {
      const change = await this.#readUntilChange();
      if (change === undefined) return;
      if (change === 'replaced') {
        // Its writer may go on for a moment with what has its name no more.
        if (split === 'file') await output.sleep(pollInterval);
        await this.#readToEnd();
      }
      this.#framer.end(this.#batch);
      output.push(this.#batch.take(0, this.#framer.position));
      if (change === 'replaced' && split === 'file') return;
      await this.#begin(change);
    }
  }

  /** Reads what there is and what comes; undefined when nobody wants it any more. */
  async #readUntilChange(): Promise<'replaced' | 'truncated' | undefined> {
    const { output } = this;
    while (!output.closed) {
      await this.#identify();
      await this.#readToEnd();
      const change = await this.#change();
      switch (change) {
        case 'none':
          await output.sleep(this.options.pollInterval);
          break;
        case 'copied':
          await this.#reopen(this.#path);
          break;
        case 'replaced':
        case 'truncated':
          return change;
        case 'grown':
      }
    }
    return undefined;
  }

  /** Goes over to what follows, from its beginning. */
  async #begin(change: 'replaced' | 'truncated'): Promise<void> {
    const { format, context } = this.options;
    const next = change === 'replaced' ? (this.#behind.shift() ?? this.#path) : this.#path;
    context.log?.(`${this.#path} was ${change}: reading ${next} from its beginning`);
    if (change === 'replaced') await this.#reopen(next);
    this.#framer = format.createFramer(this.#framer.position);
    this.#read = 0;
    this.#base = this.#framer.position;
    this.#known = undefined;
  }

  async #reopen(path: string): Promise<void> {
    const next = await open(path);
    await this.#handle?.close();
    this.#handle = next;
    this.#known = undefined;
  }

  /** @returns whether there is anything to go on with */
  async #openAgain(): Promise<boolean> {
    const path = this.#path;
    const { offset = 0, state } = this.from;
    const known = state as FollowedFile | undefined;
    // What lies between a file's last record and its successor's first byte holds none.
    const position = Math.max(0, offset - (known?.base ?? 0));
    if (known === undefined) this.#handle = await open(path);
    else if (!(await this.#findAgain(known, position))) return false;
    const handle = this.#handle!;
    const isThere = (await handle.stat()).size >= position && (known === undefined || (await beginsAs(handle, known)));
    if (!isThere) this.options.context.log?.(`${path} was truncated: reading it from its beginning`);
    this.#read = isThere ? position : 0;
    this.#base = offset - this.#read;
    return true;
  }

  async #findAgain(known: FollowedFile, position: number): Promise<boolean> {
    const path = this.#path;
    const { split, context } = this.options;
    let found = await findAgain(path, known);
    if (found === undefined && split === 'name') {
      found =
        (await findCopyAgain(path, known)) ?? (position > 0 ? undefined : { handle: await open(path), later: [] });
    }
    this.#handle = found?.handle;
    if (found === undefined) {
      // Whoever has many files lets old ones go.
      if (split === 'name' || position < known.size) throw this.#gone(position);
      context.log?.(
        `${path} is gone: it was read up to byte ${position}, which was all when it was last looked at; what came later is lost`,
      );
      return false;
    }
    if (split === 'file') return true;
    const compressed = found.later.find(isCompressed);
    if (compressed !== undefined) throw unreadable(path, compressed.path);
    this.#behind = found.later.map((later) => later.path);
    return true;
  }

  #gone(position: number): ConnectorError {
    return new ConnectorError(
      'corrupt',
      `${this.#path} was replaced, and the file that was read up to byte ${position} is gone from its folder; put it back beside it, or start with --fresh`,
    );
  }

  /** Looked at again while the file is so short that it is hardly known. */
  async #identify(): Promise<void> {
    if (this.#known?.head.bytes === HEAD_BYTES) return;
    const known = await identifyFollowed(this.#handle!, this.#base);
    if (known === undefined) return;
    this.#known = { ...known, ...(this.#name === undefined ? {} : { path: this.#name }) };
  }

  async #readToEnd(): Promise<void> {
    const { output } = this;
    output.setState(this.#known);
    for await (const chunk of handleChunks(this.#handle!, this.#read)) {
      if (output.closed) return;
      this.#read += chunk.length;
      // So that it is known to have had what was read of it.
      if (this.#known !== undefined) output.setState({ ...this.#known, size: this.#read });
      output.push(new FramedChunk(chunk, this.#framer, this.#batch));
      await output.drained();
    }
  }

  async #change(): Promise<Change> {
    const { split } = this.options;
    const [mine, named] = await Promise.all([
      this.#handle!.stat({ bigint: true }),
      stat(this.#path, { bigint: true }).catch(absent(undefined)),
    ]);
    if (mine.size < this.#read) return 'truncated';
    if (mine.size > this.#read) return 'grown';
    if (named !== undefined && isSame({ inode: inodeOf(mine) }, named)) return 'none';
    const isRemoved = mine.nlink === 0n;
    // While a rotation is under way there may be no file of that name.
    if (named === undefined) return isRemoved && split === 'file' ? 'replaced' : 'none';
    if (isRemoved) return (await this.#isCopied()) ? 'copied' : 'replaced';
    return split === 'file' && (await this.#isRenamed(mine)) ? 'none' : 'replaced';
  }

  /** Whether the file is still one of the ingress's, under another name: then that is its name. */
  async #isRenamed(mine: BigIntStats): Promise<boolean> {
    const moved = (await siblingsOf(this.#path)).find(({ stats }) => isSame({ inode: inodeOf(mine) }, stats));
    const name = moved && this.options.nameOf(moved.path);
    if (moved === undefined || name === undefined) return false;
    this.#path = moved.path;
    this.#name = name;
    // So that it is known under its new name.
    this.#known = undefined;
    return true;
  }

  async #isCopied(): Promise<boolean> {
    const named = await open(this.#path).catch(absent(undefined));
    if (named === undefined || this.#known === undefined) return false;
    try {
      return await isCopy(named, { ...this.#known, size: this.#read }, COPIED_WHILE_FOLLOWED);
    } finally {
      await named.close();
    }
  }
}

export function unreadable(path: string, compressed: string): ConnectorError {
  const text = `${path} was replaced, and ${compressed}, which nobody has read, is compressed; put it back beside it, or start with --fresh`;
  return new ConnectorError('corrupt', text);
}
