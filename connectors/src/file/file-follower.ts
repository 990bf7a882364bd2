/**
 * Follows one growing file, by name as `tail -F` does.
 *
 * Invariants
 * - A replaced file is read to its end before its successor is begun; an unfinished last line of it is a line.
 * - Offsets keep rising across replacement and truncation: the successor's first byte follows the last one before it. The
 *   split's state says which file the offset lies in, and where that began.
 * - After a restart reading goes on in that file, wherever it was rotated to, and then in its successors. When it is gone,
 *   with records that nobody has read, that is an error. A file that was truncated in place is read from its beginning, as
 *   while it is followed.
 * - The file is looked at by its size and identity every `pollInterval`: notifications of file systems lose changes.
 */
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
import { handleChunks } from './chunks.js';
import { beginsAs, HEAD_BYTES, identify, type FileIdentity } from './file-identity.js';
import { inodeOf, rotatedSince } from './rotation.js';

type Change = 'grown' | 'none' | 'replaced' | 'truncated';

/** The state of a followed split: which file its offset lies in. */
interface FollowedFile extends FileIdentity {
  readonly inode: string;
  /** The split's offset at the file's first byte. */
  readonly base: number;
}

export class FileFollower {
  /** Bytes of the file in work that were read. */
  #read = 0;
  /** The split's offset at the first byte of the file in work. */
  #base = 0;
  #known: FollowedFile | undefined;
  /** Files that were rotated away while nobody followed, to be read before the one that has the name. */
  #behind: string[] = [];

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
    let handle = await this.#openAgain(split);
    try {
      this.#base = framer.position - this.#read;
      while (!output.closed) {
        output.setState(await this.#identify(handle));
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
        const next = change === 'replaced' ? (this.#behind.shift() ?? this.path) : this.path;
        this.context.log?.(`${this.path} was ${change}: reading ${next} from its beginning`);
        if (change === 'replaced') {
          await handle.close();
          handle = await open(next);
        }
        this.#base = framer.position;
        this.#known = undefined;
      }
    } finally {
      await handle.close();
    }
  }

  /** The file that a split's offset lies in, with `#read` at the offset. */
  async #openAgain({ offset = 0, state }: SourceSplit): Promise<FileHandle> {
    const named = await open(this.path);
    const known = state as FollowedFile | undefined;
    const position = offset - (known?.base ?? 0);
    const found = known === undefined || (await isFile(named, known)) ? named : undefined;
    const handle = found ?? (await this.#openRotated(named, known as FollowedFile, position));
    const isThere = (await handle.stat()).size >= position && (known === undefined || (await beginsAs(handle, known)));
    if (!isThere) this.context.log?.(`${this.path} was truncated: reading it from its beginning`);
    this.#read = isThere ? position : 0;
    return handle;
  }

  async #openRotated(named: FileHandle, known: FollowedFile, position: number): Promise<FileHandle> {
    await named.close();
    const rotated = await rotatedSince(this.path, async (candidate) => {
      const handle = await open(candidate);
      try {
        return await isFile(handle, known);
      } finally {
        await handle.close();
      }
    });
    const [first, ...later] = rotated ?? [];
    const compressed = later.find((path) => COMPRESSED.test(path));
    if (first !== undefined && compressed === undefined) {
      this.#behind = later;
      return open(first);
    }
    throw new ConnectorError(
      'corrupt',
      `${this.path} was replaced, and ${
        compressed === undefined
          ? `the file that was read up to byte ${position} is gone from its folder`
          : `${compressed}, which nobody has read, is compressed`
      }; put it back beside it, or start with --fresh`,
    );
  }

  /** Looked at again while the file is so short that it is hardly known. */
  async #identify(handle: FileHandle): Promise<FollowedFile | undefined> {
    if (this.#known?.head.bytes === HEAD_BYTES) return this.#known;
    const identity = await identify(handle);
    if (identity === undefined) return undefined;
    return (this.#known = { ...identity, inode: inodeOf(await handle.stat()), base: this.#base });
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
    return named === undefined || inodeOf(named) === inodeOf(mine) ? 'none' : 'replaced';
  }
}

const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4)$/;

/** Whether an open file is a known one: the same inode, or a copy of it as far as can be told. */
async function isFile(handle: FileHandle, known: FollowedFile): Promise<boolean> {
  if (inodeOf(await handle.stat()) === known.inode) return true;
  return known.head.bytes === HEAD_BYTES && (await beginsAs(handle, known));
}
