/**
 * The epochs that a sink task has staged and does not know to be visible. They are part of every checkpoint until they
 * are committed, so that a restored attempt can commit them.
 *
 * Invariants
 * - Epochs rise. An epoch whose checkpoint was aborted stays, and is committed with the next one that completes.
 * - Epochs are handed to the committer in order, each once; `commit` is not called again before the last is answered.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';

export class StagedEpochs {
  #staged: StagedEpoch[] = [];
  /** The youngest complete checkpoint. */
  #complete = -1;
  /** The last epoch that the committer was given. */
  #committing: number | undefined;

  constructor(private readonly commit: (epochs: readonly StagedEpoch[]) => void) {}

  get isEmpty(): boolean {
    return this.#staged.length === 0;
  }

  /** An epoch without records needs no commit. */
  stage(epoch: StagedEpoch): void {
    if (epoch.staged.length > 0) this.#staged.push(epoch);
  }

  /** For a checkpoint. */
  all(): readonly StagedEpoch[] {
    return [...this.#staged];
  }

  checkpointComplete(checkpoint: number): void {
    this.#complete = Math.max(this.#complete, checkpoint);
    this.#commitNext();
  }

  committed(epoch: number): void {
    this.#staged = this.#staged.filter((staged) => staged.epoch > epoch);
    // Of several epochs that were handed over together the others are still under way.
    if (epoch !== this.#committing) return;
    this.#committing = undefined;
    this.#commitNext();
  }

  #commitNext(): void {
    if (this.#committing !== undefined) return;
    const due = this.#staged.filter(({ epoch }) => epoch <= this.#complete);
    const last = due.at(-1);
    if (last === undefined) return;
    this.#committing = last.epoch;
    this.commit(due);
  }
}
