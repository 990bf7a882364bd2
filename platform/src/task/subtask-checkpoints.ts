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
import type { PersistedPart } from './task.js';
import type { SnapshotPart, TaskHost } from './task-host.js';

interface Pending {
  readonly barrier: CheckpointBarrier;
  readonly part: SnapshotPart;
  readonly staged: readonly StagedEpoch[];
  readonly alignmentMs: number;
  readonly syncMs: number;
  persisted: PersistedPart | undefined;
  /** Undefined while records that the barrier overtook are still to come. */
  inFlight: readonly ChannelStateHandle[] | undefined;
}

/** What a task puts into a checkpoint at its barrier. */
export interface TaskSnapshot extends SnapshotPart {
  readonly staged: readonly StagedEpoch[];
}

export class SubtaskCheckpoints {
  readonly #pending = new Map<number, Pending>();

  constructor(
    private readonly host: TaskHost,
    private readonly clock: Clock,
  ) {}

  /**
   * The barrier has come: takes the synchronous part and has it made durable.
   * @param alignmentMs since the first barrier
   * @param overtakes the barrier overtook records: `captured` will be told which
   */
  begin(barrier: CheckpointBarrier, alignmentMs: number, overtakes: boolean, take: () => TaskSnapshot): void {
    const start = this.clock.monotonic();
    const { staged, ...part } = take();
    this.#pending.set(barrier.checkpoint, {
      barrier,
      part,
      staged,
      alignmentMs,
      syncMs: this.clock.monotonic() - start,
      persisted: undefined,
      inFlight: overtakes ? undefined : [],
    });
    this.host.persist(barrier, part);
  }

  /** All that the barrier overtook is known. */
  captured(checkpoint: number, inFlight: readonly InFlight[]): void {
    const barrier = this.#pending.get(checkpoint)?.barrier;
    if (barrier === undefined) return;
    if (inFlight.length === 0) this.inFlightPersisted(checkpoint, []);
    else this.host.persistInFlight(barrier, inFlight);
  }

  inFlightPersisted(checkpoint: number, channels: readonly ChannelStateHandle[]): void {
    const pending = this.#pending.get(checkpoint);
    if (pending === undefined) return;
    pending.inFlight = channels;
    this.#acknowledge(checkpoint, pending);
  }

  persisted(checkpoint: number, part: PersistedPart): void {
    const pending = this.#pending.get(checkpoint);
    if (pending === undefined) return;
    pending.persisted = part;
    this.#acknowledge(checkpoint, pending);
  }

  persistFailed(checkpoint: number, reason: string): void {
    if (this.#pending.delete(checkpoint)) this.host.decline(checkpoint, reason);
  }

  /** It will not complete. */
  drop(checkpoint: number): void {
    this.#pending.get(checkpoint)?.part.keyed?.release();
    this.#pending.delete(checkpoint);
  }

  /** A complete checkpoint makes all older ones void. */
  dropUpTo(checkpoint: number): void {
    for (const older of [...this.#pending.keys()]) if (older <= checkpoint) this.drop(older);
  }

  #acknowledge(checkpoint: number, { persisted, inFlight, staged, alignmentMs, syncMs }: Pending): void {
    if (persisted === undefined || inFlight === undefined) return;
    this.#pending.delete(checkpoint);
    const { keyed, operators, bytes, asyncMs } = persisted;
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
    });
  }
}
