/**
 * How a task executor gets its tasks. The production launcher opens real stores and connectors; a simulated world has one
 * of its own, and runs the same executor and the same tasks.
 */
import type { Task } from '../task/task.js';
import type { TaskHost } from '../task/task-host.js';
import type { TaskDeployment } from '../rpc/task-execution.js';
import type { ChannelTable } from './channel-table.js';

/** The half of a task's host that is the executor's: what concerns the control plane. */
export type TaskControl = Pick<
  TaskHost,
  'acknowledge' | 'decline' | 'exhausted' | 'watermarkReached' | 'addressAnswered' | 'wake' | 'fail'
>;

export interface TaskLauncher {
  /**
   * Opens what the task needs, restores its state and builds it. Calls back once, now or later.
   * @param channels to and from the task
   */
  launch(
    deployment: TaskDeployment,
    channels: ChannelTable,
    control: TaskControl,
    launched: (outcome: Task | Error) => void,
  ): void;
  /** Releases what a task holds in the outer world. Calls back once, now or later. */
  close(task: Task, closed: (error: Error | undefined) => void): void;
}
