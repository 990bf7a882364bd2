/**
 * What a completed checkpoint or savepoint is: where all state of all subtasks lies. Plain data.
 *
 * Invariants
 * - It has an entry for every subtask of every task that the job had.
 * - File names of a checkpoint are those of the job's storage; of a savepoint's own `_metadata`, relative to its folder.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { StateFile, SubtaskSnapshot } from '../job/state-handle.js';

export interface CheckpointMetadata {
  /** The job's name. */
  readonly job: string;
  readonly checkpoint: number;
  /** When it was triggered, epoch milliseconds. */
  readonly timestamp: number;
  readonly type: CheckpointBarrier['type'];
  readonly maxParallelism: number;
  /** The plan that the job ran by, where it keeps its plans: what an edited application is compared with. */
  readonly plan?: StateFile;
  readonly tasks: readonly TaskSnapshot[];
}

export interface TaskSnapshot {
  readonly task: string;
  /** By subtask; there are as many as the task's parallelism. */
  readonly subtasks: readonly SubtaskState[];
}

export interface SubtaskState {
  readonly snapshot: SubtaskSnapshot;
  /** Epochs of the subtask's sink that are not known to be committed. */
  readonly staged: readonly StagedEpoch[];
}
