/**
 * A task's part in checkpoints, from its barrier to its acknowledgement. A checkpoint of a task goes
 * `persisting` (and, where its barrier overtook records, `capturing`) → acknowledged, or it is dropped.
 *
 * Invariants
 * - A checkpoint is acknowledged once, and only when the snapshot is durable and all that its barrier overtook is in it.
 * - What is dropped (aborted, failed, or passed by a younger complete one) is never acknowledged afterwards.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { Clock } from '../common/clock.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { ChannelStateHandle } from '../job/state-handle.js';
import type { InFlight } from '../network/in-flight-log.js';
import type { CheckpointEvent } from '../network/input-gate.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import type { PersistedPart, TaskMail } from './task.js';
import type { SnapshotPart, TaskHost } from './task-host.js';

interface Pending {
  readonly barrier: CheckpointBarrier;
  readonly part: SnapshotPart;
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly isBusy: boolean;
  persisted: PersistedPart | undefined;
  /** Undefined while records that the barrier overtook are still to come. */
  inFlight: readonly ChannelStateHandle[] | undefined;
}

/** Where a task's operators keep what they remember. */
export interface TaskState {
  /** Present when one of them keeps keyed state. */
  readonly keyed: KeyedStore | undefined;
  readonly operators: OperatorStateStore;
}

/** The mail that is about checkpoints that the task has begun. */
export type CheckpointMail = Exclude<
  TaskMail,
  {
    readonly kind:
      | 'trigger-checkpoint'
      | 'add-splits'
      | 'align-watermarks'
      | 'await-barrier'
      | 'ask-address'
      | 'committed'
      | 'flushed';
  }
>;

export class SubtaskCheckpoints {
  readonly #pending = new Map<number, Pending>();

  /** @param state undefined for a task that keeps none */
  constructor(
    private readonly host: TaskHost,
    private readonly clock: Clock,
    private readonly state: TaskState | undefined,
    /** Whether the task has work of its own under way, which the snapshot holds. */
    private readonly isBusy: () => boolean = () => false,
  ) {}

  /** What a task's gate tells. @param prepare see `begin` */
  follow(event: CheckpointEvent, prepare: () => readonly StagedEpoch[]): void {
    switch (event.kind) {
      case 'barrier':
        this.begin(event.barrier, event.alignmentMs, event.overtakes, prepare);
        break;
      case 'captured':
        this.#captured(event.checkpoint, event.inFlight);
        break;
      case 'barrier-aborted':
        this.host.decline(event.checkpoint, event.reason);
    }
  }

  /**
   * The barrier has come: takes the synchronous part and has it made durable.
   * @param alignmentMs since the first barrier
   * @param overtakes the barrier overtook records: they are told when all are known
   * @param prepare has the operators put what they hold into their state, and gives what a sink has staged
   */
  begin(
    barrier: CheckpointBarrier,
    alignmentMs: number,
    overtakes: boolean,
    prepare: () => readonly StagedEpoch[],
  ): void {
    const start = this.clock.monotonic();
    const staged = prepare();
    const part: SnapshotPart = {
      operators: this.state?.operators.snapshot() ?? [],
      keyed: this.state?.keyed?.snapshot(barrier),
      staged,
    };
    this.#pending.set(barrier.checkpoint, {
      barrier,
      part,
      alignmentMs,
      syncMs: this.clock.monotonic() - start,
      isBusy: this.isBusy(),
      persisted: undefined,
      inFlight: overtakes ? undefined : [],
    });
    this.host.persist(barrier, part);
  }

  /** What the task's host tells. */
  receive(mail: CheckpointMail): void {
    const { checkpoint } = mail;
    switch (mail.kind) {
      case 'checkpoint-complete':
        // It makes all older ones void.
        for (const older of [...this.#pending.keys()]) if (older <= checkpoint) this.#drop(older);
        this.state?.keyed?.checkpointComplete(checkpoint);
        break;
      case 'checkpoint-aborted':
        this.#drop(checkpoint);
        this.state?.keyed?.checkpointAborted(checkpoint);
        break;
      case 'persisted':
        this.#complete(checkpoint, { persisted: mail.part });
        break;
      case 'in-flight-persisted':
        this.#complete(checkpoint, { inFlight: mail.channels });
        break;
      case 'persist-failed':
        if (this.#pending.delete(checkpoint)) this.host.decline(checkpoint, mail.reason);
    }
  }

  /** All that the barrier overtook is known. */
  #captured(checkpoint: number, inFlight: readonly InFlight[]): void {
    const barrier = this.#pending.get(checkpoint)?.barrier;
    if (barrier === undefined) return;
    if (inFlight.length === 0) this.#complete(checkpoint, { inFlight: [] });
    else this.host.persistInFlight(barrier, inFlight);
  }

  #complete(checkpoint: number, part: Partial<Pick<Pending, 'persisted' | 'inFlight'>>): void {
    const pending = this.#pending.get(checkpoint);
    if (pending !== undefined) this.#acknowledge(checkpoint, Object.assign(pending, part));
  }

  #drop(checkpoint: number): void {
    this.#pending.get(checkpoint)?.part.keyed?.release();
    this.#pending.delete(checkpoint);
  }

  #acknowledge(checkpoint: number, { persisted, inFlight, alignmentMs, syncMs, isBusy }: Pending): void {
    if (persisted === undefined || inFlight === undefined) return;
    this.#pending.delete(checkpoint);
    const { keyed, operators, staged, bytes, asyncMs } = persisted;
    let inFlightBytes = 0;
    for (const { elements } of inFlight)
      inFlightBytes += 'inline' in elements ? elements.inline.length : elements.file.bytes;
    this.host.acknowledge({
      checkpoint,
      snapshot: { keyed, operators, channels: inFlight },
      staged,
      alignmentMs,
      syncMs,
      asyncMs,
      bytes,
      inFlightBytes,
      ...(isBusy ? { isBusy } : {}),
    });
  }
}
