/**
 * A committer of files under an attempt's fence.
 *
 * Invariants
 * - The fence is raised before anything is looked at.
 * - Whatever the file system answers is told as a ConnectorError.
 */
import { telling, type Committer, type RestoredEpochs, type StagedEpoch } from '../../api/index.js';
import type { AttemptFence } from './attempt-fence.js';

export class FencedCommitter implements Committer {
  constructor(
    /** The file or folder that errors are about. */
    private readonly subject: string,
    private readonly fence: AttemptFence,
    private readonly committer: Committer,
  ) {}

  recover(restored: RestoredEpochs | undefined): Promise<void> {
    return telling(
      this.subject,
      this.fence.raise().then(() => this.committer.recover(restored)),
    );
  }

  commit(epoch: StagedEpoch): Promise<void> {
    return telling(this.subject, this.committer.commit(epoch));
  }

  embed(epoch: StagedEpoch): Promise<StagedEpoch> {
    return telling(this.subject, Promise.resolve(this.committer.embed?.(epoch) ?? epoch));
  }

  close(): Promise<void> {
    return this.committer.close();
  }
}
