/**
 * What the API shows and does, as the coordinator provides it. Times are epoch milliseconds.
 *
 * Invariants
 * - What cannot be done is an ApiError: `not-found` where there is no such job, `conflict` where it is not as it must be.
 */
import type { AddressHost } from './address-service.js';
import type { ApplicationFile } from '../coordinator/dispatcher/job-submission.js';
import type { DispatchedState } from '../coordinator/dispatcher/dispatched-states.js';
import type { JobLogEntry } from '../coordinator/job-log.js';
import type { JobTotals } from '../metrics/job-totals.js';
import type { ExceptionEntry } from '../recovery/exception-history.js';
import type { Failure } from '../rpc/task-execution.js';

export interface Submission {
  readonly files: readonly ApplicationFile[];
  /** Absolute; the coordinator's working directory when absent. */
  readonly baseDir?: string;
  readonly parallelism?: number;
  /** A job of this name that has ended begins again. */
  readonly again?: boolean;
  /** A savepoint where it begins: its folder, or its number among those of this job. */
  readonly from?: string;
  /** It begins anew, whatever an earlier job of this name has left. */
  readonly fresh?: boolean;
  /** Where the latest checkpoint is damaged, it goes on from one before it. */
  readonly allowOlderCheckpoint?: boolean;
  /** State that belongs to what the application does not have any more is left out. */
  readonly allowNonRestoredState?: boolean;
}

export interface JobOverview {
  readonly name: string;
  /** Of the submission. */
  readonly id: string;
  readonly state: DispatchedState;
  /** What it waits for, why it is suspended, or why it failed. */
  readonly reason?: string;
  readonly submittedAt: number;
  readonly endedAt?: number;
  /** On its way to another parallelism. */
  readonly rescale?: RescaleView;
}

export interface RescaleView {
  /** To which it is to come. */
  readonly parallelism: number;
  readonly state: 'waiting' | 'saving' | 'starting';
  /** What it waits for. */
  readonly reason?: string;
}

export interface JobDetails extends JobOverview {
  /** Its latest run. Absent: it has not begun, or ended under a coordinator before this one. */
  readonly run?: {
    readonly state: string;
    /** When it came into this state. */
    readonly since: number;
    readonly restarts: number;
    readonly parallelism: number;
    readonly tasks: readonly TaskOverview[];
    /** From which it would go on. */
    readonly latestCheckpoint?: number;
    /** When that was triggered. */
    readonly latestCheckpointAt?: number;
  };
}

export interface TaskOverview {
  readonly task: string;
  /** Which attempt of its subtasks this is, `EPOCH.ATTEMPT`; absent before the first. Tasks that fail together begin anew together. */
  readonly attempt?: string;
  /** How many of its subtasks are in each state. */
  readonly states: Readonly<Record<string, number>>;
}

export interface JobResultView {
  readonly name: string;
  readonly state: 'finished' | 'stopped' | 'failed' | 'cancelled';
  readonly failure?: Failure;
  readonly restarts: number;
  readonly endedAt: number;
}

export interface CheckpointView {
  readonly checkpoint: number;
  readonly type: string;
  readonly outcome: 'completed' | 'aborted';
  readonly triggeredAt: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly reason?: string;
}

export interface WorkerView {
  readonly name: string;
  readonly slots: number;
  readonly free: number;
  readonly jobs: readonly { readonly job: string; readonly slots: number }[];
}

/** What a job has counted. Sums are over all its workers, since this coordinator leads. */
export interface JobMetricsView extends JobTotals {
  readonly name: string;
  /** Every instrument that has something to say of the job: see docs/telemetry.md. */
  readonly metrics: readonly MetricView[];
}

export interface MetricView {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Health {
  readonly status: 'ok';
  /** A standby takes over when the leader is gone; who asks it for anything else is led there. */
  readonly role: 'leader' | 'standby';
  readonly version: string;
  readonly cluster: string;
}

/** What the process that serves the API has for it. */
export interface ApiHost extends AddressHost {
  health(): Health;
  /** @throws NotLeading where it is another that leads */
  cluster(): ClusterService;
}

export interface ClusterService extends AddressHost {
  /** @returns whether it is new. @throws ApiError also `invalid`, with diagnostics */
  submit(submission: Submission): Promise<{ readonly job: JobOverview; readonly isNew: boolean }>;
  jobs(): readonly JobOverview[];
  job(name: string): JobDetails;
  /** @throws ApiError `conflict` while it has not ended */
  result(name: string): JobResultView;
  exceptions(name: string): readonly ExceptionEntry[];
  checkpoints(name: string): readonly CheckpointView[];
  /** Its last lines, behind one that was seen; 0: all that are kept. */
  logs(name: string, after: number): readonly JobLogEntry[];
  /** @throws ApiError `conflict` while it has no run under this coordinator */
  metrics(name: string): JobMetricsView;
  /** Resolves when it is certain to be canceled, which may take a while. */
  cancel(name: string): Promise<void>;
  /** @returns the savepoint's folder, absolute, in the cluster's storage */
  stop(name: string, drain: boolean): Promise<string>;
  savepoint(name: string): Promise<string>;
  /** Resolves when nothing is left of it but its savepoints. @throws ApiError `conflict` while it has not ended */
  delete(name: string): Promise<void>;
  /** Resolves when it is certain to come to this parallelism, as soon as there are slots for it. */
  rescale(name: string, parallelism: number): Promise<JobOverview>;
  /** Of its functions. @throws ApiError `conflict` while it has no run under this coordinator */
  workers(): readonly WorkerView[];
}
