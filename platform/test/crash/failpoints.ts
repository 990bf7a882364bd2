/** Where the crash test lets a run die by itself, and the row of the fault matrix that it stands for. */
export interface DeathPoint {
  readonly row: string;
  readonly failpoint: string;
  /** The pass at which a run dies; 1 where it is not given. */
  readonly pass?: number;
  /** A run that goes on from a checkpoint dies there: another one has died before it. */
  readonly resumed?: true;
  /** Deaths at the same point, one start after the other. */
  readonly times?: number;
}

/** Entries of the log that a run makes, and its plan, in this order: its fence, its plan, its first checkpoint, ... */
const [FENCE, PLAN, CHECKPOINT] = [1, 2, 3];

export const DEATH_POINTS: readonly DeathPoint[] = [
  { row: 'F2: between the barrier and the acknowledgement', failpoint: 'checkpoint.afterSnapshot' },
  { row: 'F3: in the middle of a state file', failpoint: 'state.midFile' },
  { row: 'F4: after an epoch is staged', failpoint: 'fileSink.afterStage' },
  { row: 'F4: after a staged epoch is durable', failpoint: 'fileSink.afterFlush' },
  { row: 'F4: before the acknowledgement', failpoint: 'checkpoint.beforeAcknowledge' },
  { row: 'F14: before the checkpoint is in the log', failpoint: 'storage.before-create', pass: CHECKPOINT },
  {
    row: 'F13: after the checkpoint is in the log, before anybody is told',
    failpoint: 'storage.after-create',
    pass: CHECKPOINT,
  },
  { row: 'F5: after the checkpoint is complete, before the commit', failpoint: 'fileSink.beforeCommit' },
  { row: 'F6: in the middle of a commit', failpoint: 'fileSink.midCommit' },
  { row: 'F6: after one of several sinks has committed', failpoint: 'fileSink.afterCommit' },
  { row: 'F6: after two of several sinks have committed', failpoint: 'fileSink.afterCommit', pass: 2 },
  { row: 'F56: while old files are deleted', failpoint: 'storage.before-delete' },
  {
    row: 'F11: before the fence of a run that goes on',
    failpoint: 'storage.before-create',
    pass: FENCE,
    resumed: true,
  },
  { row: 'F11: behind the fence of a run that goes on', failpoint: 'storage.after-create', pass: FENCE, resumed: true },
  { row: 'F11: before the plan is kept', failpoint: 'storage.before-create', pass: PLAN, resumed: true },
  { row: 'F11: while a run is being restored, twice', failpoint: 'restore.beforeStart', resumed: true, times: 2 },
  { row: 'F11: while sinks take up what was staged, twice', failpoint: 'fileSink.midRecover', resumed: true, times: 2 },
];
