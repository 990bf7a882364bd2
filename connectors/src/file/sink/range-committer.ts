/**
 * The committer of an egress that is one file: it writes each epoch to its place.
 *
 * Invariant: a side file is removed only when its records are durable in the output file.
 */
import { basename, dirname, join } from 'node:path';
import {
  ConnectorError,
  type Committer,
  type ConnectorContext,
  type RestoredEpochs,
  type StagedEpoch,
} from '../../api/index.js';
import type { AttemptFence } from './attempt-fence.js';
import { holds, readBlocks, type Digest } from './byte-range.js';
import type { FileSystem } from './file-system.js';
import { OutputFile, type EpochBytes } from './output-file.js';
import type { FileEnd } from './range-writer.js';
import { decodeStaged, encodeStaged, type StagedRange } from './staged-form.js';

export interface RangeCommitterOptions {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly target: string;
  readonly header: string | undefined;
  readonly sideFolder: string;
  /** Raised before `recover`. */
  readonly fence: AttemptFence;
  readonly attempt: number;
  readonly context: ConnectorContext;
  readonly files: FileSystem;
  readonly end: FileEnd;
}

interface RangeEpoch extends EpochBytes {
  readonly range: StagedRange;
}

export class RangeCommitter implements Committer {
  #output: OutputFile | undefined;

  constructor(readonly options: RangeCommitterOptions) {}

  async recover(restored: RestoredEpochs | undefined): Promise<void> {
    const { files, target, header, context, end } = this.options;
    const output = await this.#openOutput(await files.followLink(target));
    context.failpoint?.('fileSink.midRecover');
    const headerBytes = Buffer.from(header === undefined ? '' : `${header}\n`);
    const epochs = (restored?.staged ?? []).map((epoch) => this.#read(epoch)).sort(byPlace);
    const [first] = epochs;
    if (first !== undefined) {
      await output.restore(first.range.before, epochs, restored?.rewound ?? false);
      end.before = epochs.findLast(({ range }) => range.bytes > 0)?.range ?? first.range.before;
    } else if (restored !== undefined) end.before = await output.adopt(headerBytes);
    else end.before = await output.begin(headerBytes);
    await this.#removeSides();
  }

  async commit(epoch: StagedEpoch): Promise<void> {
    const { files, context, sideFolder } = this.options;
    if (this.#output === undefined) throw new Error('a committer recovers before it commits');
    const bytes = this.#read(epoch);
    context.failpoint?.('fileSink.beforeCommit');
    await this.#output.append(bytes);
    context.failpoint?.('fileSink.afterCommit');
    if (bytes.range.side !== undefined) await files.remove(join(sideFolder, bytes.range.side));
  }

  async embed(epoch: StagedEpoch): Promise<StagedEpoch> {
    const { range, blocks } = this.#read(epoch);
    const content = range.side === undefined ? undefined : await blocks();
    // Without its side file it has been committed in the meantime: its records are in the output file.
    if (content === undefined) return epoch;
    const { side: _, ...description } = range;
    return { ...epoch, staged: encodeStaged(description, await gathered(content)) };
  }

  async close(): Promise<void> {
    await this.#output?.close();
  }

  async #openOutput(path: string): Promise<OutputFile> {
    const { files, fence, attempt, context } = this.options;
    await this.#output?.close();
    const folder = dirname(path);
    const drafts = `.${basename(path)}.draft-`;
    // An attempt that was taken for dead must not put its draft under the name.
    await fence.removeFrom(folder, (name) => name.startsWith(drafts));
    this.#output = new OutputFile(files, fence, path, drafts + attempt, {
      failpoint: (name) => context.failpoint?.(name),
      log: (message) => context.log?.(message),
    });
    return this.#output;
  }

  #read({ staged }: StagedEpoch): RangeEpoch {
    const { context, path } = this.options;
    const { description, records } = decodeStaged(context.name, path, 'range', staged);
    const blocks = async (): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined> =>
      description.side === undefined ? [records] : this.#openSide(description.side, description);
    return { range: description, blocks };
  }

  async #openSide(side: string, digest: Digest): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { files, sideFolder } = this.options;
    const path = join(sideFolder, side);
    return (await files.status(path)) === undefined ? undefined : this.#readSide(path, digest);
  }

  async *#readSide(path: string, digest: Digest): AsyncGenerator<Uint8Array, void, void> {
    const file = await this.options.files.open(path, 'r');
    try {
      if (!(await holds(file, { ...digest, offset: 0 }))) {
        throw new ConnectorError('corrupt', `${path} does not hold the records that were staged in it`);
      }
      yield* readBlocks(file, 0, digest.bytes);
    } finally {
      await file.close();
    }
  }

  /** What is restored has been written, and nothing else is staged. */
  async #removeSides(): Promise<void> {
    const { fence, sideFolder } = this.options;
    await fence.removeFrom(sideFolder, (name) => name.endsWith('.staged'));
  }
}

async function gathered(blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  // A block's memory may be used for the next one.
  for await (const block of blocks) all.push(Uint8Array.from(block));
  return all;
}

function byPlace(left: RangeEpoch, right: RangeEpoch): number {
  return left.range.offset - right.range.offset;
}
