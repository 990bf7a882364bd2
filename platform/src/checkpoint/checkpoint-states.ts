/** The life of a checkpoint in its coordinator. */
import type { TransitionTable } from '../common/transition-table.js';

/**
 * - `pending`: barriers flow, acknowledgements come;
 * - `persisting`: all have come, and its metadata is being written: it can no longer be called back, only fail;
 * - `completed`: it is the latest; `aborted`: it never was, and never will be.
 */
export type CheckpointState = 'pending' | 'persisting' | 'completed' | 'aborted';

export const CHECKPOINT_TRANSITIONS: TransitionTable<CheckpointState> = {
  pending: ['persisting', 'aborted'],
  persisting: ['completed', 'aborted'],
  completed: [],
  aborted: [],
};
