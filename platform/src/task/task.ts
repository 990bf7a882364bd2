/**
 * A task: one subtask of a chain of operators, as a synchronous state machine that its host steps.
 *
 * Invariants
 * - `step` never blocks and does a bounded piece of work: the mail that has come, then at most one frame, or one batch of
 *   a source.
 * - A task that has no mail, and no credit in an output or no input, answers `waiting` and changes nothing.
 * - After `done` it is not stepped again.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { AddressQuestion } from '../job/address-question.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { FoundSplits } from '../job/found-splits.js';
import type { ChannelStateHandle, KeyedStateHandle, OperatorStateHandle } from '../job/state-handle.js';

export type StepResult = 'progress' | 'waiting' | 'done';

export interface Task {
  /** Vertex and subtask, as `rules.card-testing[0]`. */
  readonly id: string;
  step(): StepResult;
  /** Sends what waits to share its way with more of what the task makes. */
  flush(): void;
  /** Asked of a task that waits: whether for others to take what it has made, and not for something to do. */
  isBackPressured(): boolean;
  /** Puts a mail into the task's mailbox; it is acted on at the next step. */
  receive(mail: TaskMail): void;
  /** Releases what the task holds in the outer world. Called once, also after a failure. */
  close(): Promise<void>;
}

/** What a task's host tells it. Mail about a checkpoint that the task no longer knows is ignored. */
export type TaskMail =
  /** To a task that begins at a source. */
  | { readonly kind: 'trigger-checkpoint'; readonly barrier: CheckpointBarrier }
  /** To a task that begins at a source: all that was found, with what it knows already. */
  | { readonly kind: 'add-splits'; readonly found: FoundSplits }
  /** To a task that begins at a source: splits whose watermark is beyond the limit are not read for now. Absent: it is as before. */
  | { readonly kind: 'align-watermarks'; readonly limit?: number }
  /** To the task of functions: a barrier is on its way that overtakes nothing, so that what is before it is to be taken in. */
  | { readonly kind: 'await-barrier'; readonly checkpoint: number }
  /** To the task of functions: answered by `addressAnswered`. */
  | { readonly kind: 'ask-address'; readonly request: string; readonly question: AddressQuestion }
  /** `goesOn`: a source does not end behind it, although its barrier said so. */
  | { readonly kind: 'checkpoint-complete'; readonly checkpoint: number; readonly goesOn?: boolean }
  | { readonly kind: 'checkpoint-aborted'; readonly checkpoint: number }
  /** What `persist` was asked for is durable. */
  | { readonly kind: 'persisted'; readonly checkpoint: number; readonly part: PersistedPart }
  | {
      readonly kind: 'in-flight-persisted';
      readonly checkpoint: number;
      readonly channels: readonly ChannelStateHandle[];
    }
  | { readonly kind: 'persist-failed'; readonly checkpoint: number; readonly reason: string }
  /** Staged epochs up to this one are visible. */
  | { readonly kind: 'committed'; readonly epoch: number }
  /** Everything that the task's sink was given has left it. */
  | { readonly kind: 'flushed' };

export interface PersistedPart {
  readonly keyed: readonly KeyedStateHandle[];
  readonly operators: readonly OperatorStateHandle[];
  /** As they are to stand in the checkpoint. */
  readonly staged: readonly StagedEpoch[];
  /** What was written, without files shared with earlier checkpoints. */
  readonly bytes: number;
  readonly asyncMs: number;
}
