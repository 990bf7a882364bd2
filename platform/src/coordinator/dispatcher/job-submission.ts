/** A job as it was submitted, and how it ended: plain data, kept in the registry. */
import type { JobStart } from '../job-options.js';
import type { Failure } from '../../rpc/task-execution.js';

export interface ApplicationFile {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

export interface JobSubmission {
  /** Of the application: the job is its name. */
  readonly name: string;
  /** New with each submission that was taken. */
  readonly id: string;
  /** Of what is submitted: the same for a submission that is made once more as its answer was lost. */
  readonly hash: string;
  /** The application's texts, with placeholders: secrets come from the coordinator's surroundings at each start. */
  readonly files: readonly ApplicationFile[];
  /** Absolute: relative paths in the application are taken from here. */
  readonly baseDir: string;
  /** Instead of `settings.parallelism`. */
  readonly parallelism?: number;
  /** Absent: at what an earlier job of this name has left. */
  readonly begins?: Beginning;
  /** State that the application has no place for is left behind. */
  readonly allowNonRestoredState?: boolean;
  /** Epoch milliseconds. */
  readonly submittedAt: number;
}

/** Where a job begins for the first time; when it is started again, it goes on. */
export interface Beginning {
  readonly start: Exclude<JobStart, { readonly from: 'latest' }>;
  /** The highest epoch of its checkpoint log before it: when there is a higher one, it has begun. */
  readonly afterEpoch: number;
}

export interface JobEnd {
  /** `stopped`: with a savepoint, by request; the job can go on from it. */
  readonly state: 'finished' | 'stopped' | 'failed' | 'cancelled';
  /** Why it failed. */
  readonly failure?: Failure;
  /** Under the coordinator that saw it end. */
  readonly restarts: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}
