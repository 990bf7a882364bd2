/**
 * Messages about the tasks of a job, between its JobMaster and the task managers that run them.
 *
 * Invariants
 * - An attempt (see AttemptId) is deployed at most once, and every message names the attempt that it is about: what comes
 *   of an attempt that is no longer the current one is ignored (fenced).
 * - Messages are plain data; the network may lose them, delay them and bring them twice.
 */
import type { AddressAnswer, AddressQuestion } from '../job/address-question.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { FoundSplits } from '../job/found-splits.js';
import type { KeyGroupRange, SubtaskSnapshot } from '../job/state-handle.js';
import type { RestoredEpochs, StagedEpoch } from '@tidegate/connectors/api';

/** One execution of one subtask of one task (a chain of vertices, named by its head). */
export interface AttemptId {
  /** The leader's epoch that deployed it; rises from leader to leader. */
  readonly epoch: number;
  /** Rises with each (re)start of the job within an epoch. */
  readonly attempt: number;
  /** Id of the chain's head vertex, as in the JobGraph. */
  readonly task: string;
  readonly subtask: number;
}

/** Where a slot takes connections of the slots of other processes. */
export interface SlotAddress {
  /** For messages: of the worker and the slot. */
  readonly name: string;
  /** `HOST:PORT`; new with each thread of the slot. */
  readonly address: string;
}

/** What a task manager must know to run a subtask; the JobGraph it has already. */
export interface TaskDeployment {
  readonly id: AttemptId;
  readonly slot: number;
  /** The slots of all subtasks: number i holds subtask i of every task. Absent: all of them are in one process. */
  readonly peers?: readonly SlotAddress[];
  readonly keyGroups: KeyGroupRange;
  readonly restore: TaskRestore | undefined;
  /** For tasks that begin at a source. */
  readonly found: FoundSplits;
}

export interface TaskRestore {
  readonly checkpoint: number;
  readonly snapshot: SubtaskSnapshot;
  /** For sinks: what the checkpoint holds for their committer. */
  readonly staged: readonly StagedEpoch[];
  /** Whether a later checkpoint than this may have been completed. Absent: nobody knows. */
  readonly rewound?: boolean;
  /** The snapshot was divided for another maxParallelism: the keys of all its key groups are to be looked at. */
  readonly rehash?: boolean;
  /** State that the task's operators do not ask for is left behind. Absent: it is refused. */
  readonly allowNonRestoredState?: boolean;
  /** The stream ends where the checkpoint was taken: that was promised to whoever had the job stopped. */
  readonly ends?: boolean;
  /** The application was edited since. Its names are those of now everywhere in the snapshot. Absent: it was not. */
  readonly edited?: EditedState;
}

/** What a task keeps of the state of an application that was another. */
export interface EditedState {
  /** Rules that keep partial matches; others keep none. */
  readonly matches: readonly {
    readonly rule: string;
    /** Its name when the state was saved. */
    readonly former: string;
    /** Stages whose events stay: the name then, and now. */
    readonly stages: readonly (readonly [then: string, now: string])[];
    /** Where a match may wait besides: see `MatchRestore`. */
    readonly next?: { readonly before: string; readonly after: string };
  }[];
  /** Names of ingresses whose watermarks go on from where they were; others begin anew. */
  readonly clocks: readonly string[];
}

/** As Apache Flink's ExecutionState, from deployment on. */
export type TaskState = 'initializing' | 'running' | 'finished' | 'canceled' | 'failed';

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Whether a restart may help. */
  readonly retriable: boolean;
}

/** From the JobMaster to a task manager. */
export type TaskCommand =
  | { readonly kind: 'deploy'; readonly deployment: TaskDeployment }
  | { readonly kind: 'cancel'; readonly id: AttemptId }
  /** To a task that begins at a source: all that was found, with what the deployment had already. */
  | { readonly kind: 'add-splits'; readonly id: AttemptId; readonly found: FoundSplits }
  | { readonly kind: 'trigger-checkpoint'; readonly id: AttemptId; readonly barrier: CheckpointBarrier }
  /** `goesOn`: sources do not end behind it, although its barrier said so. */
  | {
      readonly kind: 'checkpoint-complete';
      readonly id: AttemptId;
      readonly checkpoint: number;
      readonly goesOn?: boolean;
    }
  | { readonly kind: 'checkpoint-aborted'; readonly id: AttemptId; readonly checkpoint: number }
  /** To a task that begins at a source: see `align-watermarks` of TaskMail. Answered by `watermark`. */
  | { readonly kind: 'align-watermarks'; readonly id: AttemptId; readonly limit?: number }
  /** To a task that holds its input back: see `await-barrier` of TaskMail. */
  | { readonly kind: 'await-barrier'; readonly id: AttemptId; readonly checkpoint: number }
  /** To the task of functions. Answered by `address-answer`. */
  | {
      readonly kind: 'ask-address';
      readonly id: AttemptId;
      readonly request: string;
      readonly question: AddressQuestion;
    };

/** What a task managed, and how long it took: one part of a checkpoint's statistics. */
export interface CheckpointMetrics {
  /** From the first barrier to the last, ms; 0 for a source. */
  readonly alignmentMs: number;
  /** The synchronous part, ms: the task stood still. */
  readonly syncMs: number;
  readonly asyncMs: number;
  /** What was written for this checkpoint, without files shared with earlier ones. */
  readonly bytes: number;
  /** Of elements that the barrier overtook. */
  readonly inFlightBytes: number;
  /** The task goes on by itself, even if nothing comes. */
  readonly isBusy?: boolean;
}

/** From a task manager to the JobMaster. */
export type TaskReport =
  | { readonly kind: 'state'; readonly id: AttemptId; readonly state: TaskState; readonly failure?: Failure }
  /** A bounded source has given all its records and the last watermark; it waits for the final checkpoint. */
  | { readonly kind: 'exhausted'; readonly id: AttemptId }
  | {
      readonly kind: 'acknowledge';
      readonly id: AttemptId;
      readonly checkpoint: number;
      readonly snapshot: SubtaskSnapshot;
      readonly staged: readonly StagedEpoch[];
      readonly metrics: CheckpointMetrics;
    }
  | { readonly kind: 'decline'; readonly id: AttemptId; readonly checkpoint: number; readonly reason: string }
  /** Of a source: see `watermarkReached` of TaskHost. */
  | { readonly kind: 'watermark'; readonly id: AttemptId; readonly watermark: number }
  | {
      readonly kind: 'address-answer';
      readonly id: AttemptId;
      readonly request: string;
      readonly answer: AddressAnswer;
    };

/** Whether this is the last word about an attempt. */
export function isEnd(report: TaskReport): boolean {
  return report.kind === 'state' && report.state !== 'initializing' && report.state !== 'running';
}

/** A name for maps and logs: `2.5/rules.card-testing[3]`. */
export function attemptName({ epoch, attempt, task, subtask }: AttemptId): string {
  return `${epoch}.${attempt}/${task}[${subtask}]`;
}

/** Attempts in one order, over leaders and restarts: a later one has a greater number. */
export function attemptNumber({ epoch, attempt }: AttemptId): number {
  return epoch * ATTEMPTS_PER_LEADER_MAX + attempt;
}

const ATTEMPTS_PER_LEADER_MAX = 1_000_000;

/** What a restored checkpoint holds for a sink's committer. */
export function restoredEpochs({ checkpoint, staged, rewound }: TaskRestore): RestoredEpochs {
  return { epoch: checkpoint, staged, rewound: rewound ?? true };
}
