/**
 * The life of a gate's alignment as a table of legal transitions: state × trigger → state.
 *
 * - `idle`: no barrier has come that is not settled;
 * - `counting`: barriers are awaited while records go on (mode `none`, at least once);
 * - `aligning`: channels whose barrier has come wait for the others;
 * - `capturing`: the snapshot is taken; what the barrier overtook is still being noted.
 */
export type AlignmentState = 'idle' | 'counting' | 'aligning' | 'capturing';

/**
 * - `count`, `align`, `overtake`: the first barrier of a checkpoint; the last one also turns an alignment that has taken
 *   too long, or whose barrier comes from a producer where it had;
 * - `complete`: the barriers of all open channels have come, or all is noted that the barrier overtook;
 * - `abort`: the checkpoint was given up, or a younger one's barrier has come.
 */
export type AlignmentTrigger = 'count' | 'align' | 'overtake' | 'complete' | 'abort';

export const ALIGNMENT_TRANSITIONS: Readonly<
  Record<AlignmentState, Readonly<Partial<Record<AlignmentTrigger, AlignmentState>>>>
> = {
  idle: { count: 'counting', align: 'aligning', overtake: 'capturing' },
  counting: { complete: 'idle', abort: 'idle' },
  aligning: { complete: 'idle', abort: 'idle', overtake: 'capturing' },
  capturing: { complete: 'idle', abort: 'idle' },
};
