/**
 * Names in a job's storage:
 *
 *     log/0000000012                               the checkpoint log: see checkpoint-log.ts
 *     state/EPOCH/CHECKPOINT/TASK/SUBTASK/...       what a subtask wrote for a checkpoint
 *     state/EPOCH/0/plan                           the plan that a leader ran the job by; no checkpoint has the number 0
 *     savepoints/CHECKPOINT-EPOCH/_metadata         a savepoint: whole in its folder, which may be copied and moved
 *     savepoints/CHECKPOINT-EPOCH/plan
 *     savepoints/CHECKPOINT-EPOCH/TASK/SUBTASK/...
 *
 * Invariants
 * - A leader never gives a checkpoint's number twice, and epochs are of one leader: so one attempt alone writes into a
 *   folder, and no name is ever used for two contents.
 * - Whatever a subtask writes for a checkpoint lies in that checkpoint's folder. Its snapshot names files of this folder
 *   and of checkpoints that it was told are complete, and no others.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { AttemptId } from '../rpc/task-execution.js';

export const LOG_PREFIX = 'log/';
export const STATE_PREFIX = 'state/';
export const SAVEPOINT_PREFIX = 'savepoints/';
const METADATA = '_metadata';
const PLAN = 'plan';
const POSITION_DIGITS = 10;

export function logName(position: number): string {
  return LOG_PREFIX + String(position).padStart(POSITION_DIGITS, '0');
}

/** @returns undefined for a name that is not of the log */
export function positionOf(name: string): number | undefined {
  const match = /^log\/(\d{10})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** Where a subtask writes for a checkpoint; ends with a slash. */
export function subtaskFolder({ epoch, task, subtask }: AttemptId, barrier: CheckpointBarrier): string {
  return `${checkpointFolder(epoch, barrier)}${encodeURIComponent(task)}/${subtask}/`;
}

export function checkpointFolder(epoch: number, { checkpoint, type }: Pick<CheckpointBarrier, 'checkpoint' | 'type'>) {
  return type === 'savepoint' ? `${SAVEPOINT_PREFIX}${checkpoint}-${epoch}/` : `${STATE_PREFIX}${epoch}/${checkpoint}/`;
}

export function savepointMetadataName(folder: string): string {
  return folder + METADATA;
}

/** Of the plan of a leader's checkpoints. */
export function planName(epoch: number): string {
  return `${STATE_PREFIX}${epoch}/0/${PLAN}`;
}

export function savepointPlanName(folder: string): string {
  return folder + PLAN;
}

export interface CheckpointFolder {
  readonly folder: string;
  readonly epoch: number;
  readonly checkpoint: number;
}

/** The folder that a file lies in; undefined for what is none of ours. */
export function folderOf(name: string): CheckpointFolder | undefined {
  const state = /^state\/(\d+)\/(\d+)\//.exec(name);
  if (state !== null) return { folder: state[0], epoch: Number(state[1]), checkpoint: Number(state[2]) };
  const savepoint = /^savepoints\/(\d+)-(\d+)\//.exec(name);
  if (savepoint === null) return undefined;
  return { folder: savepoint[0], epoch: Number(savepoint[2]), checkpoint: Number(savepoint[1]) };
}
