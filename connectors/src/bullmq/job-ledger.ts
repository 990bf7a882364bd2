/**
 * The jobs that a reader has taken and that are not completed yet.
 *
 *          taken             given to the job        its checkpoint is complete       completed in Redis
 *   (none) ─────▶ queued ─────────────────▶ given ──────────────────────────▶ held ──────────────────▶ (none)
 *
 * Invariants
 * - A job that comes again while it is in the ledger (its lock was lost) is not given again: `queued` and `given` wait for
 *   what is under way, `held` has only to be completed.
 * - `held` is only what a complete checkpoint holds: its effects are never undone. What a checkpoint keeps of the ledger is
 *   `given` and `held`; restored from it, they are all `held`.
 * - A job that is completed while an answer is under way may still be in that answer: until the next question it is known.
 */
import type { SourceSplit } from '../api/index.js';

type Phase = 'queued' | 'given' | 'held';

/** What to do with a job that was taken. */
export type Taken = 'give' | 'wait' | 'complete';

const ON_TAKEN: Readonly<Record<Phase | 'none', Taken>> = {
  none: 'give',
  queued: 'wait',
  given: 'wait',
  held: 'complete',
};

export class JobLedger {
  readonly #phases = new Map<string, Phase>();
  /** What was given or held at the snapshots under way. */
  readonly #snapshots = new Map<number, readonly string[]>();

  /** Completed since the last question after jobs. */
  readonly #justDone = new Set<string>();

  /** @param held ids that the restored checkpoint holds */
  constructor(held: readonly string[]) {
    for (const id of held) this.#phases.set(id, 'held');
  }

  get size(): number {
    return this.#phases.size;
  }

  /** All of them: their locks are extended. */
  get ids(): string[] {
    return [...this.#phases.keys()];
  }

  get held(): string[] {
    return this.#inPhase('held');
  }

  /** Redis is asked for jobs now: what it answers with is told by `taken`, all of it before it is asked again. */
  asking(): void {
    this.#justDone.clear();
  }

  taken(id: string): Taken {
    if (this.#justDone.has(id)) return 'wait';
    const action = ON_TAKEN[this.#phases.get(id) ?? 'none'];
    if (action === 'give') this.#phases.set(id, 'queued');
    return action;
  }

  given(id: string): void {
    if (this.#phases.get(id) !== 'queued') throw new Error(`job ${id} is given, and was not taken before`);
    this.#phases.set(id, 'given');
  }

  /** @returns what belongs into the checkpoint */
  snapshot(checkpoint: number): readonly string[] {
    const ids = [...this.#inPhase('given'), ...this.held];
    this.#snapshots.set(checkpoint, ids);
    return ids;
  }

  /** The checkpoint is complete. @returns what is to be completed now */
  complete(checkpoint: number): readonly string[] {
    const ids = this.#snapshots.get(checkpoint) ?? [];
    // A checkpoint that completes makes all earlier ones void.
    for (const earlier of this.#snapshots.keys()) if (earlier <= checkpoint) this.#snapshots.delete(earlier);
    for (const id of ids) if (this.#phases.get(id) === 'given') this.#phases.set(id, 'held');
    return ids.filter((id) => this.#phases.has(id));
  }

  /** Redis has it as completed, or it is gone. */
  done(id: string): void {
    this.#phases.delete(id);
    this.#justDone.add(id);
  }

  /** Its lock ran out before it was given: whoever gets it next has it for the first time. */
  dropped(id: string): void {
    if (this.#phases.get(id) === 'queued') this.#phases.delete(id);
  }

  isQueued(id: string): boolean {
    return this.#phases.get(id) === 'queued';
  }

  #inPhase(phase: Phase): string[] {
    return [...this.#phases].flatMap(([id, its]) => (its === phase ? [id] : []));
  }
}

/** What a checkpoint keeps of a queue. */
export interface QueueState {
  /** By it the next attempt knows the locks of this one. */
  readonly token: string;
  readonly jobs: readonly string[];
}

export function stateOf({ id, state }: SourceSplit): QueueState {
  const known = state as Partial<QueueState> | undefined;
  if (typeof known?.token !== 'string') throw new Error(`the split ${id} is not one of a queue`);
  return { token: known.token, jobs: known.jobs ?? [] };
}
