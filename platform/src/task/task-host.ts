/**
 * What a task asks of its host: effects of control, never of data. Every call returns at once; what comes of it arrives as
 * mail. A host is an I/O shell around real disks and sockets, or a simulated world.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { AddressAnswer } from '../job/address-question.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { OperatorStateHandle, SubtaskSnapshot } from '../job/state-handle.js';
import type { InFlight } from '../network/in-flight-log.js';
import type { KeyedSnapshot } from '../state/keyed-snapshot.js';

export interface TaskHost {
  /** Makes a snapshot's part durable, after everything that the task's sink has staged: answered by `persisted` or `persist-failed`. */
  persist(barrier: CheckpointBarrier, part: SnapshotPart): void;
  /** Makes durable what a barrier overtook: answered by `in-flight-persisted` or `persist-failed`. */
  persistInFlight(barrier: CheckpointBarrier, inFlight: readonly InFlight[]): void;
  acknowledge(acknowledgement: Acknowledgement): void;
  decline(checkpoint: number, reason: string): void;
  /** A bounded source has given everything, and waits for the final checkpoint. */
  exhausted(): void;
  /**
   * The lowest watermark of a source's splits, epoch ms: below all times where one has given nothing, the last watermark where none
   * holds others back.
   */
  watermarkReached(watermark: number): void;
  /** What came of `ask-address`. */
  addressAnswered(request: string, answer: AddressAnswer): void;
  /** Makes staged epochs visible, in order: answered by `committed`. A failure fails the task. */
  commit(epochs: readonly StagedEpoch[]): void;
  /** Has the sink send out all that it was given: answered by `flushed`. A failure fails the task. */
  flush(): void;
  /** The task can get further although nothing came. */
  wake(): void;
  fail(error: Error): void;
}

/** The synchronous part's result. */
export interface SnapshotPart {
  readonly keyed: KeyedSnapshot | undefined;
  readonly operators: readonly OperatorStateHandle[];
  /** By the task's sink, and not known to be committed. */
  readonly staged: readonly StagedEpoch[];
}

export interface Acknowledgement {
  readonly checkpoint: number;
  readonly snapshot: SubtaskSnapshot;
  readonly staged: readonly StagedEpoch[];
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  readonly bytes: number;
  readonly inFlightBytes: number;
  /** The task goes on by itself, even if nothing comes: it waits for answers, or for a time. */
  readonly isBusy?: boolean;
}
