/**
 * What became of the last checkpoints, for people and for metrics.
 *
 * Invariants
 * - Bounded: the oldest are forgotten.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { CheckpointMetrics } from '../rpc/task-execution.js';

/** What a subtask has reported. */
export interface SubtaskStatistics extends CheckpointMetrics {
  /** When the coordinator heard of it, epoch milliseconds. */
  readonly acknowledgedAt: number;
  /** All that the checkpoint holds of it, files shared with earlier ones too. */
  readonly fullBytes: number;
}

export interface CheckpointStatistics {
  readonly checkpoint: number;
  readonly type: CheckpointBarrier['type'];
  readonly outcome: 'completed' | 'aborted';
  /** Epoch milliseconds. */
  readonly triggeredAt: number;
  readonly durationMs: number;
  /** Why it was given up. */
  readonly reason?: string;
  /** By the attempt's name: what it reported, or why it declined. Who said nothing is not there. */
  readonly subtasks: ReadonlyMap<string, SubtaskStatistics | { readonly declined: string }>;
}

export class CheckpointHistory {
  readonly #entries: CheckpointStatistics[] = [];

  constructor(private readonly entriesMax: number) {}

  add(entry: CheckpointStatistics): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.entriesMax) this.#entries.shift();
  }

  /** Oldest first. */
  entries(): readonly CheckpointStatistics[] {
    return this.#entries;
  }
}
