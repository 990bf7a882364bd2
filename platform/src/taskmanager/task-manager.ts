/**
 * The task manager of a process as the job in it sees it. In one implementation (TaskSlot) all slots share the caller's
 * thread, in the other (ThreadedTaskManager) every slot but the first has a thread of its own. Both report what becomes of
 * the attempts, as `rpc/task-execution.ts` has it.
 */
import type { TaskCommand } from '../rpc/task-execution.js';
import type { SourceTask } from '../task/source-task.js';

export interface TaskManager {
  /** Whether nothing is left of any attempt. */
  readonly isIdle: boolean;
  command(command: TaskCommand): void;
  /** Those that run in this thread. */
  sourceTasks(): readonly SourceTask[];
  /** All sources end where they are, without a last watermark. */
  endSources(): void;
  /** Something may have changed for the tasks in this thread. */
  wake(): void;
  close(): Promise<void>;
}
