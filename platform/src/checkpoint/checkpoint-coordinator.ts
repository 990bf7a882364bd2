/**
 * Triggers checkpoints, gathers what the subtasks acknowledge, and tells them what became of it.
 *
 * Invariants
 * - Numbers rise. A checkpoint is complete only when every attempt that was current at its trigger has acknowledged it
 *   and the store has it; tasks are told after that.
 * - Once the store has been asked, only its answer ends a checkpoint: neither time nor a restart does.
 * - What completes is younger than all that completed before: once the store is asked, older ones that still wait for
 *   acknowledgements are given up.
 * - While a checkpoint that somebody asked for waits or is under way, none is triggered by time.
 * - A savepoint that fails is told to whoever asked for it, and the job goes on; unless it was to be drained for it.
 */
import type { Clock } from '../common/clock.js';
import type { TransitionObserver } from '../common/transition-table.js';
import { mayOvertake, type Alignment, type CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { AttemptId, Failure, TaskCommand, TaskReport } from '../rpc/task-execution.js';
import { CheckpointHistory, type CheckpointStatistics } from './checkpoint-statistics.js';
import type { CheckpointStore, StoreOutcome } from './checkpoint-store.js';
import { PendingCheckpoint, type Participant } from './pending-checkpoint.js';
import { filesOf } from './snapshot-files.js';
import { checkpointFolder } from './storage-layout.js';

export interface CheckpointOptions {
  readonly job: string;
  readonly maxParallelism: number;
  /** From the beginning of one checkpoint to that of the next, ms; undefined: only on demand. */
  readonly interval: number | undefined;
  /** At least from the end of one to the beginning of the next, ms. */
  readonly minPause: number;
  readonly timeout: number;
  readonly maxConcurrent: number;
  /** So many in a row may fail. */
  readonly tolerableFailures: number;
  readonly alignment: Alignment;
}

/** Who the coordinator works for. */
export interface CheckpointHost {
  /** To where the attempt runs, if it still does. */
  send(id: AttemptId, command: TaskCommand): void;
  /** More checkpoints in a row have failed than is tolerable. */
  fail(failure: Failure): void;
  /** Another leader has taken over. */
  fenced(): void;
  triggered(barrier: CheckpointBarrier): void;
  ended(statistics: CheckpointStatistics): void;
}

/** A checkpoint that is asked for. */
export interface CheckpointRequest {
  readonly type: CheckpointBarrier['type'];
  readonly then: CheckpointBarrier['then'];
  /** If anything is in flight in it, the stream does not end behind it: it is a checkpoint like others. */
  readonly endsQuiescent?: boolean;
  readonly done: (result: CheckpointResult) => void;
}

/** Told once: the folder of the savepoint (or of the checkpoint), or why there is none. */
export type CheckpointResult =
  { readonly checkpoint: number; readonly folder: string; readonly isQuiescent: boolean } | { readonly reason: string };

type Acknowledgement = Extract<TaskReport, { readonly kind: 'acknowledge' }>;
type Decline = Extract<TaskReport, { readonly kind: 'decline' }>;

const HISTORY_ENTRIES = 100;
/** Before a checkpoint that was asked for is tried after one that failed. */
const PAUSE_AFTER_FAILURE_MS = 100;

export class CheckpointCoordinator {
  readonly history = new CheckpointHistory(HISTORY_ENTRIES);
  readonly #pending = new Map<number, PendingCheckpoint>();
  readonly #requests = new Map<number, CheckpointRequest>();
  readonly #timeouts = new Map<number, () => void>();
  readonly #asked: CheckpointRequest[] = [];
  #participants: readonly Participant[] = [];
  #isActive = false;
  #epoch = 0;
  #next = 1;
  #completed: number | undefined;
  #failures = 0;
  /** `Clock.monotonic()` of the last trigger, and of the last end. */
  #triggeredAt = 0;
  #endedAt = 0;
  #disarm: () => void = () => {};

  constructor(
    private readonly options: CheckpointOptions,
    private readonly store: CheckpointStore,
    private readonly clock: Clock,
    private readonly host: CheckpointHost,
    private readonly observer: TransitionObserver | undefined,
  ) {}

  /** The last number that was given. */
  get last(): number {
    return this.#next - 1;
  }

  /** Whether checkpoints are triggered now. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Names of the tasks that checkpoints under way wait for. */
  awaited(): readonly string[] {
    return [...new Set([...this.#pending.values()].flatMap((checkpoint) => checkpoint.awaited()))];
  }

  /** The number of the latest complete one of this leader. */
  get completed(): number | undefined {
    return this.#completed;
  }

  /** A leader begins. */
  lead(epoch: number, nextCheckpoint: number): void {
    this.#epoch = epoch;
    this.#next = nextCheckpoint;
  }

  /** All tasks run. */
  start(participants: readonly Participant[]): void {
    this.#participants = participants;
    this.#isActive = true;
    this.#triggeredAt = this.clock.monotonic();
    this.#arm();
  }

  /** Tasks have failed, or the job ends: what is under way is given up, unless the store has been asked. */
  stop(reason: string): void {
    this.#isActive = false;
    this.#disarm();
    this.#abortPending(reason);
    for (const { done } of this.#asked.splice(0)) done({ reason });
  }

  /** Asks for a checkpoint; it begins as soon as it can. */
  request(request: CheckpointRequest): void {
    this.#asked.push(request);
    this.#arm();
  }

  acknowledge({ id, checkpoint: number, snapshot, staged, metrics }: Acknowledgement): void {
    const checkpoint = this.#pending.get(number);
    if (checkpoint === undefined) return this.store.discard(filesOf(snapshot));
    if (!checkpoint.waitsFor(id)) return;
    const dropped = this.store.hold(checkpoint.barrier, filesOf(snapshot));
    if (dropped !== undefined) {
      return this.#declined(
        checkpoint,
        id,
        `its snapshot needs ${dropped}, which is not kept, or not of this checkpoint`,
      );
    }
    if (checkpoint.acknowledge(id, { snapshot, staged }, metrics, this.clock.now())) this.#persist(checkpoint);
  }

  decline({ id, checkpoint: number, reason }: Decline): void {
    const checkpoint = this.#pending.get(number);
    if (checkpoint?.waitsFor(id) === true) this.#declined(checkpoint, id, reason);
  }

  #declined(checkpoint: PendingCheckpoint, id: AttemptId, reason: string): void {
    checkpoint.decline(id, reason);
    this.#fail(checkpoint, `${id.task}[${id.subtask}] declined: ${reason}`);
  }

  /** Sets the timer for the next checkpoint, or triggers it. */
  #arm(): void {
    this.#disarm();
    const due = this.#due();
    if (due === undefined) return;
    const wait = due - this.clock.monotonic();
    if (wait > 0) this.#disarm = this.clock.schedule(wait, () => this.#arm());
    else this.#trigger(this.#asked.shift());
  }

  /** When the next one may begin, as `Clock.monotonic()` says it; undefined: not before something happens. */
  #due(): number | undefined {
    if (!this.#isActive || this.#requests.size > 0 || this.#pending.size >= this.options.maxConcurrent)
      return undefined;
    if (this.#asked.length > 0) return this.#failures === 0 ? 0 : this.#endedAt + PAUSE_AFTER_FAILURE_MS;
    const { interval, minPause } = this.options;
    return interval === undefined ? undefined : Math.max(this.#triggeredAt + interval, this.#endedAt + minPause);
  }

  #trigger(request: CheckpointRequest | undefined): void {
    const number = this.#next++;
    const type = request?.type ?? 'checkpoint';
    const base = this.store.begin(number, type);
    const barrier: CheckpointBarrier = {
      checkpoint: number,
      ...(base === undefined ? {} : { base }),
      timestamp: this.clock.now(),
      type,
      alignment: this.#alignment(request),
      then: request?.then ?? 'continue',
    };
    const checkpoint = new PendingCheckpoint(barrier, this.#participants, this.observer);
    this.#pending.set(number, checkpoint);
    if (request !== undefined) this.#requests.set(number, request);
    this.#triggeredAt = this.clock.monotonic();
    this.#timeouts.set(
      number,
      this.clock.schedule(this.options.timeout, () => {
        this.#timeouts.delete(number);
        this.#fail(checkpoint, `it was not complete after ${this.options.timeout} ms`);
      }),
    );
    this.host.triggered(barrier);
    for (const { isSource, holdsInput, attempts } of this.#participants) {
      if (isSource) for (const id of attempts) this.host.send(id, { kind: 'trigger-checkpoint', id, barrier });
      if (!holdsInput || mayOvertake(barrier)) continue;
      for (const id of attempts) this.host.send(id, { kind: 'await-barrier', id, checkpoint: number });
    }
    this.#arm();
  }

  /**
   * A savepoint is kept for long, and read by others: nothing is in flight in it, but in loops. Nor in a last checkpoint: what
   * its barriers overtook would reach the sinks behind their last epoch.
   */
  #alignment(request: CheckpointRequest | undefined): Alignment {
    const { alignment } = this.options;
    const mayOvertake = request === undefined || (request.type === 'checkpoint' && request.then === 'continue');
    return mayOvertake || alignment.mode === 'none' ? alignment : { mode: 'aligned' };
  }

  #persist(checkpoint: PendingCheckpoint): void {
    checkpoint.life.to('persisting');
    this.#cancelTimeout(checkpoint);
    this.#abortPending(`checkpoint ${checkpoint.number} overtook it`, checkpoint.number);
    this.store.add(checkpoint.metadata(this.options.job, this.options.maxParallelism), (outcome) =>
      this.#persisted(checkpoint, outcome),
    );
  }

  #persisted(checkpoint: PendingCheckpoint, outcome: StoreOutcome): void {
    switch (outcome.kind) {
      case 'stored':
        return this.#complete(checkpoint);
      case 'failed':
        return this.#fail(checkpoint, outcome.message);
      case 'fenced':
        return this.host.fenced();
    }
  }

  #complete(checkpoint: PendingCheckpoint): void {
    checkpoint.life.to('completed');
    this.#completed = checkpoint.number;
    this.#failures = 0;
    this.#end(checkpoint, checkpoint.statistics('completed', this.clock.now()));
    const { number } = checkpoint;
    const isQuiescent = checkpoint.isQuiescent();
    const goesOn = this.#requests.get(number)?.endsQuiescent === true && !isQuiescent;
    for (const id of checkpoint.attempts()) {
      this.host.send(id, { kind: 'checkpoint-complete', id, checkpoint: number, ...(goesOn ? { goesOn } : {}) });
    }
    const folder = checkpointFolder(this.#epoch, checkpoint.barrier);
    this.#answer(checkpoint, { checkpoint: number, folder, isQuiescent });
    this.#arm();
  }

  /** Gives a checkpoint up for a reason that counts: not against the job, where it is somebody's savepoint. */
  #fail(checkpoint: PendingCheckpoint, reason: string): void {
    const { type, then } = checkpoint.barrier;
    const counts = type === 'checkpoint';
    if (counts) this.#failures++;
    this.#abort(checkpoint, reason);
    if (!this.#isActive) return;
    // Event time has ended in its sources: only what was saved before knows where it was.
    if (then === 'drain') return this.#failJob(`the job could not be drained: ${reason}`);
    if (!counts || this.#failures <= this.options.tolerableFailures) return;
    const failed = this.#failures === 1 ? 'a checkpoint has' : `${this.#failures} checkpoints in a row have`;
    this.#failJob(`${failed} failed; the last: ${reason}`);
  }

  #failJob(message: string): void {
    this.#failures = 0;
    this.host.fail({ code: 'TG432', message, retriable: true });
  }

  #abort(checkpoint: PendingCheckpoint, reason: string): void {
    checkpoint.life.to('aborted');
    this.store.abandon(checkpoint.number);
    this.#end(checkpoint, checkpoint.statistics('aborted', this.clock.now(), reason));
    for (const id of checkpoint.attempts()) {
      this.host.send(id, { kind: 'checkpoint-aborted', id, checkpoint: checkpoint.number });
    }
    this.#answer(checkpoint, { reason });
    this.#arm();
  }

  #abortPending(reason: string, below = Number.POSITIVE_INFINITY): void {
    for (const checkpoint of [...this.#pending.values()]) {
      if (checkpoint.life.state === 'pending' && checkpoint.number < below) this.#abort(checkpoint, reason);
    }
  }

  #end(checkpoint: PendingCheckpoint, statistics: CheckpointStatistics): void {
    this.#pending.delete(checkpoint.number);
    this.#cancelTimeout(checkpoint);
    this.#endedAt = this.clock.monotonic();
    this.history.add(statistics);
    this.host.ended(statistics);
  }

  #answer(checkpoint: PendingCheckpoint, result: CheckpointResult): void {
    const request = this.#requests.get(checkpoint.number);
    this.#requests.delete(checkpoint.number);
    request?.done(result);
  }

  #cancelTimeout({ number }: PendingCheckpoint): void {
    this.#timeouts.get(number)?.();
    this.#timeouts.delete(number);
  }
}
