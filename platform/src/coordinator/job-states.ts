/** The life of a job at one leader: Apache Flink's JobStatus. */
import type { TransitionTable } from '../common/transition-table.js';

/**
 * - `initializing`: the checkpoint log is read; `created`: the first attempt is made ready and waits for slots;
 * - `restarting`: after a failure, until the new attempts are deployed;
 * - `failing`, `cancelling`: until the last task has ended;
 * - `suspended`: this leader has nothing to say any more; another one may.
 */
export type JobState =
  | 'initializing'
  | 'created'
  | 'running'
  | 'restarting'
  | 'failing'
  | 'failed'
  | 'cancelling'
  | 'canceled'
  | 'finished'
  | 'suspended';

export const JOB_TRANSITIONS: TransitionTable<JobState> = {
  initializing: ['created', 'failing', 'cancelling', 'suspended'],
  created: ['running', 'restarting', 'failing', 'cancelling', 'suspended'],
  running: ['restarting', 'failing', 'cancelling', 'finished', 'suspended'],
  restarting: ['running', 'failing', 'cancelling', 'suspended'],
  failing: ['failed', 'suspended'],
  cancelling: ['canceled', 'suspended'],
  failed: [],
  canceled: [],
  finished: [],
  suspended: [],
};
