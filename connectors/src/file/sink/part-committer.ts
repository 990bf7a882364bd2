/**
 * The committer of a folder of parts: it gives a pending part its final name.
 *
 * Invariants
 * - It touches parts of its own subtasks alone: those whose number, modulo the parallelism, is its own.
 * - What is listed is removed only when no later attempt has come meanwhile, and the folder is looked at again until
 *   nothing is left to remove: a part may have been committed by an earlier attempt between two looks.
 */
import { join } from 'node:path';
import {
  ConnectorError,
  type Committer,
  type ConnectorContext,
  type RestoredEpochs,
  type StagedEpoch,
} from '../../api/index.js';
import type { AttemptFence } from './attempt-fence.js';
import type { FileSystem } from '../../disk/file-system.js';
import { parsePartName, pendingName, type PartName } from './part-name.js';
import { decodeStaged } from './staged-form.js';

export interface PartCommitterOptions {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly folder: string;
  /** Raised before `recover`. */
  readonly fence: AttemptFence;
  readonly subtask: number;
  readonly parallelism: number;
  readonly context: ConnectorContext;
  readonly files: FileSystem;
}

type Part = { readonly name: string; readonly bytes: number } | undefined;

export class PartCommitter implements Committer {
  constructor(readonly options: PartCommitterOptions) {}

  async recover(restored: RestoredEpochs | undefined): Promise<void> {
    const { files, folder, context } = this.options;
    const parts = (restored?.staged ?? []).map((epoch) => this.#read(epoch));
    const staged = new Set(parts.flatMap((part) => (part === undefined ? [] : [part.name, pendingName(part.name)])));
    await this.#sweep((name, part) => !staged.has(name) && isLeftover(part, restored?.epoch));
    context.failpoint?.('fileSink.midRecover');
    for (const part of parts) await this.#finish(part);
    if (parts.some((part) => part !== undefined)) await files.syncFolder(folder);
  }

  async commit(epoch: StagedEpoch): Promise<void> {
    const { files, folder, context } = this.options;
    const part = this.#read(epoch);
    context.failpoint?.('fileSink.beforeCommit');
    if (part === undefined) return;
    await this.#finish(part);
    context.failpoint?.('fileSink.midCommit');
    await files.syncFolder(folder);
    context.failpoint?.('fileSink.afterCommit');
  }

  async close(): Promise<void> {}

  async #finish(part: Part): Promise<void> {
    if (part === undefined) return;
    const { files, folder } = this.options;
    const final = join(folder, part.name);
    const pending = join(folder, pendingName(part.name));
    const waiting = await files.status(pending);
    const found = waiting ?? (await files.status(final));
    if (found === undefined || found.size !== part.bytes) {
      await this.options.fence.assertLatest();
      throw new ConnectorError(
        'corrupt',
        `${final} ${found === undefined ? 'is gone' : `has ${found.size} bytes`}, but ${part.bytes} bytes were written for the checkpoint; put it back, or start with --fresh`,
      );
    }
    if (waiting === undefined) return;
    try {
      await files.rename(pending, final);
    } catch (error) {
      // An earlier attempt that goes on may have been faster.
      if ((await files.status(final))?.size !== part.bytes) throw error;
    }
  }

  #read({ staged }: StagedEpoch): Part {
    const { context, path } = this.options;
    return decodeStaged(context.name, path, 'part', staged).description.part;
  }

  async #sweep(isOver: (name: string, part: PartName) => boolean): Promise<void> {
    const { fence, files, folder, subtask, parallelism } = this.options;
    const isMineAndOver = (name: string): boolean => {
      const part = parsePartName(name);
      return part !== undefined && part.subtask % parallelism === subtask && isOver(name, part);
    };
    while ((await fence.removeFrom(folder, isMineAndOver)) > 0) await files.syncFolder(folder);
  }
}

/** Whether a part that is not staged goes; `epoch` is undefined at a start from the beginning. */
function isLeftover(part: PartName, epoch: number | undefined): boolean {
  if (epoch === undefined || part.state !== 'committed') return true;
  return part.epoch !== undefined && part.epoch > epoch;
}
