/**
 * The committer of an egress that is one file: it writes each epoch to its place.
 *
 * Invariant: a side file is removed only when its records are durable in the output file.
 */
import { basename, dirname } from 'node:path';
import type { Committer, ConnectorContext, RestoredEpochs, StagedEpoch } from '../../api/index.js';
import type { AttemptFence } from './attempt-fence.js';
import type { FileSystem } from '../../disk/file-system.js';
import { SIDE_SUFFIX } from '../../staging/epoch-stage.js';
import { gathered, SideFiles } from '../../staging/side-files.js';
import { OutputFile, type EpochBytes } from './output-file.js';
import type { FileEnd } from './range-writer.js';
import { encodeStaged } from '../../staging/staged-bytes.js';
import { decodeStaged, type StagedRange } from './staged-form.js';

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
  readonly #sides: SideFiles;
  #output: OutputFile | undefined;

  constructor(readonly options: RangeCommitterOptions) {
    this.#sides = new SideFiles(options.files, options.sideFolder);
  }

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
    const { context } = this.options;
    if (this.#output === undefined) throw new Error('a committer recovers before it commits');
    const bytes = this.#read(epoch);
    context.failpoint?.('fileSink.beforeCommit');
    await this.#output.append(bytes);
    context.failpoint?.('fileSink.afterCommit');
    if (bytes.range.side !== undefined) await this.#sides.remove(bytes.range.side);
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
    const blocks: EpochBytes['blocks'] = async () =>
      description.side === undefined ? [records] : this.#sides.read(description.side, description);
    return { range: description, blocks };
  }

  /** What is restored has been written, and nothing else is staged. */
  async #removeSides(): Promise<void> {
    const { fence, sideFolder } = this.options;
    await fence.removeFrom(sideFolder, (name) => name.endsWith(SIDE_SUFFIX));
  }
}

function byPlace(left: RangeEpoch, right: RangeEpoch): number {
  return left.range.offset - right.range.offset;
}
