/** What comes to a JobMaster, and what it wants done: plain data. The I/O shell around it carries both. */
import type { SourceSplit } from '@tidegate/connectors/api';
import type { StorageAnswer, StorageRequest } from '../common/storage.js';
import type { AddressAnswer, AddressQuestion } from '../job/address-question.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { OperatorStateHandle } from '../job/state-handle.js';
import type { CheckpointStatistics } from '../checkpoint/checkpoint-statistics.js';
import type { Failure, TaskCommand, TaskReport } from '../rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../rpc/task-manager.js';
import type { ExecutionState } from '../scheduling/execution-states.js';
import type { JobState } from './job-states.js';

export type JobEvent =
  /** This process leads: the first event. */
  | { readonly kind: 'lead' }
  /** It leads no more. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'task-manager'; readonly taskManager: string; readonly report: TaskManagerReport | TaskReport }
  /** The task manager's process is known to have ended. */
  | { readonly kind: 'task-manager-lost'; readonly taskManager: string; readonly reason: string }
  | { readonly kind: 'storage'; readonly request: number; readonly answer: StorageAnswer }
  | { readonly kind: 'timer'; readonly timer: number }
  /** The answer to `discover`. */
  | { readonly kind: 'splits'; readonly discovery: number; readonly found: Discovered }
  | { readonly kind: 'ask-address'; readonly request: string; readonly question: AddressQuestion }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'savepoint'; readonly request: string }
  /** A last checkpoint, and the end; `drain`: everything due first. The job can be resumed from it. */
  | { readonly kind: 'stop'; readonly request: string; readonly drain: boolean; readonly savepoint: boolean };

export type JobEffect =
  | { readonly kind: 'send'; readonly taskManager: string; readonly message: TaskCommand | LeaderAnswer }
  | { readonly kind: 'storage'; readonly request: number; readonly ask: StorageRequest }
  | { readonly kind: 'schedule'; readonly timer: number; readonly ms: number }
  | { readonly kind: 'unschedule'; readonly timer: number }
  /** Ask a source's enumerator for its splits. */
  | ({ readonly kind: 'discover'; readonly discovery: number } & Discovery)
  | { readonly kind: 'notify'; readonly notice: JobNotice };

export interface Discovery {
  readonly source: string;
  /** Rises: for each search there is an enumerator of its own. */
  readonly search: number;
  /** What the source's attempt begins from: splits that are in there have been found. */
  readonly restored: readonly OperatorStateHandle[];
}

export type Discovered =
  | {
      /** All that the search has found, those found later behind; what was found before may be among them. */
      readonly splits: readonly SourceSplit[];
      /** After which time to ask again, ms; absent: there will be no more. */
      readonly againMs?: number;
    }
  | Failure;

/** For observers, logs and metrics. */
export type JobNotice =
  | { readonly kind: 'job-state'; readonly state: JobState; readonly failure?: Failure }
  | { readonly kind: 'execution-state'; readonly attempt: string; readonly state: ExecutionState }
  /** An attempt begins from a checkpoint; undefined: from the beginning. */
  | {
      readonly kind: 'attempt';
      readonly epoch: number;
      readonly attempt: number;
      readonly checkpoint: number | undefined;
      /** When that was triggered, epoch ms. */
      readonly timestamp: number | undefined;
    }
  | { readonly kind: 'missing-slots'; readonly missing: number }
  | {
      readonly kind: 'restart';
      readonly cause: Failure;
      readonly afterMs: number;
      readonly tasks: readonly string[];
      /** From the last word of a task manager to when it was taken for lost. Absent: nobody was lost. */
      readonly silentMs?: number;
    }
  | { readonly kind: 'checkpoint-triggered'; readonly barrier: CheckpointBarrier }
  | { readonly kind: 'checkpoint-ended'; readonly statistics: CheckpointStatistics }
  | { readonly kind: 'warning'; readonly message: string }
  /** What became of a `savepoint` or `stop`: the folder in the job's storage, or why there is none. */
  | {
      readonly kind: 'answer';
      readonly request: string;
      readonly result: { readonly folder: string } | { readonly reason: string };
    }
  | { readonly kind: 'address-answer'; readonly request: string; readonly answer: AddressAnswer };
