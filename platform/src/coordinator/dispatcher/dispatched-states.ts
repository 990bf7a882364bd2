/** The life of a submitted job at a coordinator. What happens while it runs is its JobMaster's: see job-states.ts. */
import type { TransitionTable } from '../../common/transition-table.js';

/**
 * - `submitted`: it is being recorded, and its JobMaster made;
 * - `waiting-for-slots`: it has fewer than it needs, at its start or since a worker was lost;
 * - `running`: it has its slots;
 * - `suspended`: this coordinator cannot run it, and says why; it is taken up again by the next one.
 */
export type DispatchedState =
  'submitted' | 'waiting-for-slots' | 'running' | 'suspended' | 'finished' | 'stopped' | 'failed' | 'cancelled';

const ENDS = ['finished', 'stopped', 'failed', 'cancelled', 'suspended'] as const;

export const DISPATCHED_TRANSITIONS: TransitionTable<DispatchedState> = {
  submitted: ['waiting-for-slots', 'running', ...ENDS],
  'waiting-for-slots': ['running', ...ENDS],
  running: ['waiting-for-slots', ...ENDS],
  suspended: ['cancelled'],
  finished: [],
  stopped: [],
  failed: [],
  cancelled: [],
};
