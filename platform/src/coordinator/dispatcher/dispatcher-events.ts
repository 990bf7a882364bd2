/** What comes to the Dispatcher, and what it wants done: plain data. The I/O shell around it carries both. */
import type { SlotAssignment } from '../../scheduling/slot-allocator.js';
import type { Failure } from '../../rpc/task-execution.js';
import type { DispatchedState } from './dispatched-states.js';
import type { JobEnd, JobSubmission } from './job-submission.js';
import type { RegisteredJob, RegistryEntry } from './registry-entry.js';

export type DispatcherEvent =
  /** What the registry held when the coordinator began: the first event. */
  | { readonly kind: 'recovered'; readonly jobs: readonly RegisteredJob[] }
  /** @param again a job of this name that has ended begins again */
  | { readonly kind: 'submit'; readonly request: string; readonly submission: JobSubmission; readonly again: boolean }
  | { readonly kind: 'cancel'; readonly request: string; readonly job: string }
  /** How the job has ended is about to be said: see RegistryEntry. */
  | { readonly kind: 'tell'; readonly request: string; readonly job: string }
  /** The job has ended, and is to be forgotten. */
  | { readonly kind: 'delete'; readonly request: string; readonly job: string }
  /** The answers to `discard`. */
  | { readonly kind: 'discarded'; readonly job: string }
  | { readonly kind: 'not-discarded'; readonly job: string; readonly message: string }
  /** The job is to run at another parallelism. */
  | { readonly kind: 'rescale'; readonly request: string; readonly job: string; readonly parallelism: number }
  /** The answer to `record`. */
  | { readonly kind: 'recorded'; readonly job: string }
  | { readonly kind: 'not-recorded'; readonly job: string; readonly failure: Failure }
  /** The answers to `hand-over`: nothing of the job runs any more, or it runs on. */
  | { readonly kind: 'handed-over'; readonly job: string }
  | { readonly kind: 'kept'; readonly job: string; readonly reason: string }
  /** The answer to `remind`. */
  | { readonly kind: 'reminded'; readonly job: string }
  /** The JobMaster is there, and wants so many slots. */
  | { readonly kind: 'started'; readonly job: string; readonly slots: number }
  /** The JobMaster has nothing more to do, or there can be none. */
  | { readonly kind: 'ended'; readonly job: string; readonly end: JobEnd }
  /** Not here any more, or not now: the next coordinator takes it up. */
  | { readonly kind: 'suspended'; readonly job: string; readonly reason: string }
  | { readonly kind: 'worker'; readonly worker: string; readonly slots: number }
  /** It is about to go: its jobs are to run elsewhere. */
  | { readonly kind: 'worker-leaving'; readonly worker: string }
  | { readonly kind: 'worker-lost'; readonly worker: string }
  | { readonly kind: 'released'; readonly assignment: number };

export type DispatcherEffect =
  | { readonly kind: 'answer'; readonly request: string; readonly answer: DispatcherAnswer }
  /** To be put into the registry, and answered; one at a time for each job. */
  | { readonly kind: 'record'; readonly job: string; readonly entry: RegistryEntry; readonly afterMs: number }
  /** @param isRecovered another coordinator may have run it before */
  | { readonly kind: 'start'; readonly submission: JobSubmission; readonly isRecovered: boolean }
  /** To its JobMaster. */
  | { readonly kind: 'cancel'; readonly job: string }
  /** To its JobMaster: a last checkpoint, and no end; another one goes on from there. */
  | { readonly kind: 'hand-over'; readonly job: string }
  | { readonly kind: 'remind'; readonly job: string; readonly afterMs: number }
  /** A worker that was about to go may go: it may be told more than once. */
  | { readonly kind: 'dismiss'; readonly worker: string }
  /** Its state, and then what the registry has of it. */
  | { readonly kind: 'discard'; readonly job: string }
  | { readonly kind: 'assign'; readonly assignment: SlotAssignment }
  | { readonly kind: 'release'; readonly assignment: SlotAssignment }
  | { readonly kind: 'notice'; readonly notice: DispatcherNotice };

export type DispatcherAnswer =
  | { readonly kind: 'accepted' }
  /** This very submission was taken before. */
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown-job' }
  /** Not as things are. */
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

export interface DispatcherNotice {
  readonly job: string;
  readonly state: DispatchedState;
  /** What it waits for, why it is suspended, or why it failed. */
  readonly reason?: string;
}
