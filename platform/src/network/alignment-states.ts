/**
 * The life of a gate's alignment.
 *
 * - `idle`: no barrier has come that is not settled;
 * - `counting`: barriers are awaited while records go on (mode `none`, at least once);
 * - `aligning`: channels whose barrier has come wait for the others;
 * - `capturing`: the snapshot is taken; what the barrier overtook, or what is going round a loop, is still being noted.
 */
import type { TransitionTable } from '../common/transition-table.js';

export type AlignmentState = 'idle' | 'counting' | 'aligning' | 'capturing';

export const ALIGNMENT_TRANSITIONS: TransitionTable<AlignmentState> = {
  idle: ['counting', 'aligning', 'capturing'],
  // At the head of a loop.
  counting: ['idle', 'capturing'],
  // It turns when it takes too long, when a producer's has turned, or at the head of a loop.
  aligning: ['idle', 'capturing'],
  capturing: ['idle'],
};
