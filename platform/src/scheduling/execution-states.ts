/** The life of an execution, one attempt of a subtask: Apache Flink's ExecutionState, with fewer ways. */
import type { TransitionTable } from '../common/transition-table.js';

/**
 * - `created`: it waits for its turn; `scheduled`: it has a slot;
 * - `deploying`: its task manager has been told; `initializing`: it restores state; `running`;
 * - `canceling`: it has been told to end and has not said that it did.
 */
export type ExecutionState =
  'created' | 'scheduled' | 'deploying' | 'initializing' | 'running' | 'finished' | 'canceling' | 'canceled' | 'failed';

export const EXECUTION_TRANSITIONS: TransitionTable<ExecutionState> = {
  created: ['scheduled', 'canceled'],
  scheduled: ['deploying'],
  deploying: ['initializing', 'canceling', 'failed'],
  initializing: ['running', 'canceling', 'failed'],
  running: ['finished', 'canceling', 'failed'],
  // Whatever it ends with: it was told to end.
  canceling: ['canceled'],
  finished: [],
  canceled: [],
  failed: [],
};
