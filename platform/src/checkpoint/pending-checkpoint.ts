/**
 * A checkpoint under way: who has to acknowledge it, and who has.
 *
 * Invariants
 * - It waits for the attempts that were current when it was triggered, each once: no other counts.
 */
import { Lifecycle, type TransitionObserver } from '../common/transition-table.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import { attemptName, type AttemptId, type CheckpointMetrics } from '../rpc/task-execution.js';
import type { CheckpointMetadata, SubtaskState } from './checkpoint-metadata.js';
import { CHECKPOINT_TRANSITIONS, type CheckpointState } from './checkpoint-states.js';
import type { CheckpointStatistics, SubtaskStatistics } from './checkpoint-statistics.js';
import { snapshotBytes } from './snapshot-files.js';

/** A task whose subtasks take part in checkpoints. */
export interface Participant {
  readonly task: string;
  /** Barriers begin here. */
  readonly isSource: boolean;
  /** It may take nothing in for as long as it likes, and must be told of a barrier that stands behind what it does not take. */
  readonly holdsInput: boolean;
  /** By subtask. */
  readonly attempts: readonly AttemptId[];
}

export class PendingCheckpoint {
  readonly life: Lifecycle<CheckpointState>;
  readonly #open: Set<string>;
  readonly #states = new Map<string, SubtaskState>();
  readonly #reports = new Map<string, SubtaskStatistics | { readonly declined: string }>();

  /** Some task goes on by itself. */
  #isBusy = false;

  constructor(
    readonly barrier: CheckpointBarrier,
    readonly participants: readonly Participant[],
    observer: TransitionObserver | undefined,
  ) {
    this.life = new Lifecycle('checkpoint', CHECKPOINT_TRANSITIONS, 'pending', observer);
    this.#open = new Set(this.attempts().map(attemptName));
  }

  get number(): number {
    return this.barrier.checkpoint;
  }

  /** Whether nothing was in flight in any channel or under way in any task, all having acknowledged. */
  isQuiescent(): boolean {
    if (this.#isBusy) return false;
    return [...this.#states.values()].every(({ snapshot }) => snapshot.channels.length === 0);
  }

  attempts(): AttemptId[] {
    return this.participants.flatMap(({ attempts }) => attempts);
  }

  /** Whether it waits for this attempt. */
  waitsFor(id: AttemptId): boolean {
    return this.life.state === 'pending' && this.#open.has(attemptName(id));
  }

  /** Names of the tasks that it waits for. */
  awaited(): readonly string[] {
    return this.participants.filter(({ attempts }) => attempts.some((id) => this.waitsFor(id))).map(({ task }) => task);
  }

  /** @param now epoch milliseconds. @returns whether all have acknowledged */
  acknowledge(id: AttemptId, state: SubtaskState, metrics: CheckpointMetrics, now: number): boolean {
    const name = attemptName(id);
    this.#open.delete(name);
    if (metrics.isBusy === true) this.#isBusy = true;
    this.#states.set(name, state);
    this.#reports.set(name, { ...metrics, acknowledgedAt: now, fullBytes: snapshotBytes(state.snapshot) });
    return this.#open.size === 0;
  }

  decline(id: AttemptId, reason: string): void {
    this.#reports.set(attemptName(id), { declined: reason });
  }

  metadata(job: string, maxParallelism: number): CheckpointMetadata {
    const { checkpoint, timestamp, type } = this.barrier;
    const tasks = this.participants.map(({ task, attempts }) => ({
      task,
      subtasks: attempts.map((id) => this.#states.get(attemptName(id))!),
    }));
    return { job, checkpoint, timestamp, type, maxParallelism, tasks };
  }

  statistics(outcome: CheckpointStatistics['outcome'], now: number, reason?: string): CheckpointStatistics {
    const { checkpoint, timestamp, type } = this.barrier;
    return {
      ...{ checkpoint, type, outcome, triggeredAt: timestamp, durationMs: now - timestamp, subtasks: this.#reports },
      ...(reason === undefined ? {} : { reason }),
    };
  }
}
