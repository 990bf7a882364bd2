/** Where the crash test lets a run die by itself, and the row of the fault matrix that it stands for. */
export interface DeathPoint {
  readonly row: string;
  readonly failpoint: string;
  /** Deaths at the same point, one start after the other. */
  readonly times?: number;
}

export const DEATH_POINTS: readonly DeathPoint[] = [
  { row: 'F2: between the barrier and the acknowledgement', failpoint: 'checkpoint.afterSnapshot' },
  { row: 'F3: in the middle of a state file', failpoint: 'state.midFile' },
  { row: 'F4: after an epoch is staged', failpoint: 'fileSink.afterStage' },
  { row: 'F4: after a staged epoch is durable', failpoint: 'fileSink.afterFlush' },
  { row: 'F4: before the acknowledgement', failpoint: 'checkpoint.beforeAcknowledge' },
  { row: 'F14: before the checkpoint is in the log', failpoint: 'storage.before-create' },
  { row: 'F13: after the checkpoint is in the log, before anybody is told', failpoint: 'storage.after-create' },
  { row: 'F5: after the checkpoint is complete, before the commit', failpoint: 'fileSink.beforeCommit' },
  { row: 'F6: in the middle of a commit', failpoint: 'fileSink.midCommit' },
  { row: 'F6: after a commit', failpoint: 'fileSink.afterCommit' },
  { row: 'F56: while old files are deleted', failpoint: 'storage.before-delete' },
  { row: 'F11: while a run is being restored, twice', failpoint: 'restore.beforeStart', times: 2 },
];
