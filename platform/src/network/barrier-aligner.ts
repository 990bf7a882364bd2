/**
 * Decides, from the barriers of a gate's channels, when the task takes its snapshot and which channels wait: a
 * synchronous machine over the states of `alignment-states.ts`. It knows checkpoints and channels, no records.
 *
 * A barrier comes back to the head of a loop only when the head has sent it on. So the head aligns on its forward channels
 * alone, and what comes out of a feedback channel from its snapshot until the barrier is in flight (Carbone et al.,
 * "Lightweight Asynchronous Snapshots for Distributed Dataflows", 2015, algorithm 2).
 *
 * Invariants
 * - A checkpoint's snapshot is asked for at most once, and never after a younger one's.
 * - A channel that has ended counts as one whose barrier has come.
 * - A feedback channel waits only where its barrier came before the head's snapshot: from a producer in the loop that
 *   another head has reached first.
 * - One checkpoint at a time: the barrier of a younger one aborts the older one, whose late barriers then mean nothing.
 */
import type { Clock } from '../common/clock.js';
import { Lifecycle, type TransitionObserver } from '../common/transition-table.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import { ALIGNMENT_TRANSITIONS, type AlignmentState } from './alignment-states.js';

export type AlignmentEffect =
  /** Now is the moment. With `overtakes`, what lies before the barrier in channels whose barrier has not come is in flight. */
  | {
      readonly kind: 'snapshot';
      readonly barrier: CheckpointBarrier;
      readonly overtakes: boolean;
      readonly alignmentMs: number;
    }
  /** All that the barrier overtook has been noted. */
  | { readonly kind: 'captured'; readonly checkpoint: number; readonly alignmentMs: number }
  | { readonly kind: 'aborted'; readonly checkpoint: number; readonly reason: string };

interface Pending {
  barrier: CheckpointBarrier;
  /** `Clock.monotonic()` when its first barrier was seen. */
  readonly since: number;
  readonly done: boolean[];
}

export class BarrierAligner {
  readonly #life: Lifecycle<AlignmentState>;
  #pending: Pending | undefined;
  /** No checkpoint up to this one is of interest any more. */
  #settled = 0;
  /** Checkpoints beyond `#settled` that were given up before their barrier came. */
  readonly #abandoned = new Set<number>();
  readonly #ended: boolean[];
  #effects: AlignmentEffect[] = [];

  /** @param feedback for each channel, whether it closes a loop */
  constructor(
    private readonly feedback: readonly boolean[],
    private readonly clock: Pick<Clock, 'now' | 'monotonic'>,
    observer?: TransitionObserver,
  ) {
    this.#life = new Lifecycle('alignment', ALIGNMENT_TRANSITIONS, 'idle', observer);
    this.#ended = feedback.map(() => false);
  }

  /** Whether barriers are awaited before the snapshot. */
  get isWaiting(): boolean {
    return this.#life.state === 'aligning' || this.#life.state === 'counting';
  }

  /** Whether nothing may be taken from the channel. */
  isBlocked(channel: number): boolean {
    return this.#life.state === 'aligning' && this.#pending!.done[channel]!;
  }

  /** Whether what comes out of the channel lies before a barrier that has overtaken it. */
  isCapturing(channel: number): boolean {
    return this.#life.state === 'capturing' && !this.#isDone(channel);
  }

  /** `Clock.now()` at which `tick` has something to do. */
  get deadline(): number | undefined {
    if (this.#life.state !== 'aligning') return undefined;
    const { alignment, timestamp } = this.#pending!.barrier;
    if (alignment.mode !== 'aligned' || alignment.timeoutMs === undefined) return undefined;
    return timestamp + alignment.timeoutMs;
  }

  /** The barrier has come to its place in the channel. */
  reached(channel: number, barrier: CheckpointBarrier): AlignmentEffect[] {
    if (this.#accept(barrier)) this.#finish(channel);
    return this.#take();
  }

  /** The barrier is on its way in a channel, ahead of records. */
  announced(barrier: CheckpointBarrier): AlignmentEffect[] {
    this.#accept(barrier);
    return this.#take();
  }

  /** All that lay before the overtaking barrier in the channel has been noted. */
  noted(channel: number): AlignmentEffect[] {
    if (this.#life.state === 'capturing') this.#finish(channel);
    return this.#take();
  }

  ended(channel: number): AlignmentEffect[] {
    this.#ended[channel] = true;
    this.#completeIfAllDone();
    return this.#take();
  }

  /** Turns an alignment that has taken too long. */
  tick(): AlignmentEffect[] {
    const { deadline } = this;
    if (deadline !== undefined && this.clock.now() >= deadline) this.#overtake();
    return this.#take();
  }

  /** The checkpoint was given up by who leads it: no barrier of it holds anything up from now on. */
  abort(checkpoint: number): void {
    if (checkpoint <= this.#settled) return;
    if (this.#pending?.barrier.checkpoint === checkpoint) this.#settle();
    else this.#abandoned.add(checkpoint);
  }

  #take(): AlignmentEffect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  /** @returns whether the barrier belongs to the pending checkpoint, which it may have begun */
  #accept(barrier: CheckpointBarrier): boolean {
    const { checkpoint } = barrier;
    if (checkpoint <= this.#settled || this.#abandoned.has(checkpoint)) return false;
    const pending = this.#pending;
    if (pending === undefined || checkpoint > pending.barrier.checkpoint) {
      if (pending !== undefined) this.#supersede(pending.barrier.checkpoint, checkpoint);
      this.#begin(barrier);
    } else if (checkpoint < pending.barrier.checkpoint) {
      return false;
    } else if (this.#life.state === 'aligning' && barrier.alignment.mode === 'unaligned') {
      this.#overtake();
    }
    return true;
  }

  #begin(barrier: CheckpointBarrier): void {
    this.#pending = { barrier, since: this.clock.monotonic(), done: this.#ended.map(() => false) };
    switch (barrier.alignment.mode) {
      case 'none':
        return this.#life.to('counting');
      case 'aligned':
        return this.#life.to('aligning');
      case 'unaligned':
        return this.#overtake();
    }
  }

  #supersede(checkpoint: number, by: number): void {
    this.#effects.push({
      kind: 'aborted',
      checkpoint,
      reason: `the barrier of checkpoint ${by} came before its own from all inputs`,
    });
    this.#settle();
  }

  /** From here on the barrier overtakes, in this task and behind it. */
  #overtake(): void {
    const pending = this.#pending!;
    this.#life.to('capturing');
    pending.barrier = { ...pending.barrier, alignment: { mode: 'unaligned' } };
    this.#snapshot(pending, true);
    this.#completeIfAllDone();
  }

  #snapshot({ barrier, since }: Pending, overtakes: boolean): void {
    this.#effects.push({ kind: 'snapshot', barrier, overtakes, alignmentMs: this.clock.monotonic() - since });
  }

  #isDone(channel: number): boolean {
    return this.#ended[channel]! || this.#pending!.done[channel]!;
  }

  #finish(channel: number): void {
    this.#pending!.done[channel] = true;
    this.#completeIfAllDone();
  }

  #completeIfAllDone(): void {
    const pending = this.#pending;
    if (pending === undefined || !this.feedback.every((isFeedback, channel) => isFeedback || this.#isDone(channel)))
      return;
    const isAll = this.feedback.every((_, channel) => this.#isDone(channel));
    if (this.#life.state === 'capturing') {
      if (!isAll) return;
      const { checkpoint } = pending.barrier;
      this.#effects.push({ kind: 'captured', checkpoint, alignmentMs: this.clock.monotonic() - pending.since });
    } else {
      this.#snapshot(pending, !isAll);
      if (!isAll) return this.#life.to('capturing');
    }
    this.#settle();
  }

  #settle(): void {
    this.#settled = this.#pending!.barrier.checkpoint;
    this.#pending = undefined;
    for (const checkpoint of this.#abandoned) if (checkpoint <= this.#settled) this.#abandoned.delete(checkpoint);
    this.#life.to('idle');
  }
}
