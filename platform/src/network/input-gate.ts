/**
 * All input channels of a task: polls them in turn, aligns their watermarks, and tells the moments of checkpoints.
 *
 * Invariants
 * - No channel is preferred to others of its kind: polling goes on behind the channel that gave the last element. Feedback
 *   channels come before forward ones, so that a loop empties before it is filled; see `channel-turns.ts`.
 * - Restored frames, and the rest of a frame that was given back, come before anything that the channels hold.
 * - The gate has ended when every channel has; it is idle when every channel that has not ended is. Feedback channels do
 *   not count, nor for time: neither goes round a loop.
 * - The end of time waits at the head of a loop for a barrier that brings everything to its end (`then: 'drain'`): the
 *   coordinator sends it when nothing goes round any more, or when somebody asks.
 * - At a `barrier` everything that the gate gave before it was before the barrier. Unless it overtakes, that is all that
 *   was before it in the channels (and, but for mode `none`, nothing behind it); if it overtakes, `captured` tells the rest.
 */
import type { Clock } from '../common/clock.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import { MAX_WATERMARK } from '../time/watermark.js';
import { WatermarkValve } from '../time/watermark-valve.js';
import { BarrierAligner, type AlignmentEffect } from './barrier-aligner.js';
import type { InputChannel } from './channel.js';
import { ChannelTurns } from './channel-turns.js';
import type { FrameElement, StreamElement } from './element.js';
import { partOf } from './frame-traces.js';
import { InFlightLog, type InFlight } from './in-flight-log.js';

export interface GateChannel {
  readonly channel: InputChannel;
  /** Which input of the operator the channel's edge feeds. */
  readonly input: number;
  /** Its edge closes a loop. */
  readonly feedback?: boolean;
}

export interface FrameEvent {
  readonly kind: 'frame';
  /** The gate's channel that it came from. */
  readonly channel: number;
  readonly input: number;
  readonly frame: FrameElement;
}

type SnapshotEffect = Extract<AlignmentEffect, { kind: 'snapshot' }>;

/** What the task must act on even while its outputs have no credit: it makes no records. */
export type CheckpointEvent =
  /**
   * Now the task takes its snapshot and sends this barrier on, at once. With `overtakes` the snapshot is whole when
   * `captured` has come too.
   */
  | {
      readonly kind: 'barrier';
      readonly barrier: CheckpointBarrier;
      readonly overtakes: boolean;
      /** Since the first barrier was seen, ms. */
      readonly alignmentMs: number;
      /** The last watermark, which has waited here, comes before it. */
      readonly endsTime: boolean;
    }
  /** All that the barrier overtook, or that was going round a loop. */
  | {
      readonly kind: 'captured';
      readonly checkpoint: number;
      readonly inFlight: readonly InFlight[];
      /** From the first barrier to the last in-flight record, ms. */
      readonly alignmentMs: number;
    }
  /** The checkpoint cannot complete here, whether or not its `barrier` was told. */
  | { readonly kind: 'barrier-aborted'; readonly checkpoint: number; readonly reason: string };

type ProgressEvent =
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'active' }
  | { readonly kind: 'end' };

export type GateEvent = FrameEvent | CheckpointEvent | ProgressEvent;

export class InputGate {
  readonly #valve: WatermarkValve;
  readonly #aligner: BarrierAligner;
  /** Per channel: frames that come before what the channel itself holds. */
  readonly #held: FrameElement[][];
  #heldCount = 0;
  /** What one element brought about beyond the first event. */
  readonly #progressed: ProgressEvent[] = [];
  #checkpointed: CheckpointEvent[] = [];
  #log: InFlightLog | undefined;
  #idle = false;
  /** The last watermark has come to the head of a loop. */
  #isTimeEnding = false;
  readonly #turns: ChannelTurns;
  readonly #ended: boolean[];
  /** Forward channels that have not ended. */
  #open: number;

  constructor(
    private readonly channels: readonly GateChannel[],
    clock: Pick<Clock, 'now' | 'monotonic'>,
    observer?: TransitionObserver,
  ) {
    const feedback = channels.map((channel) => channel.feedback === true);
    this.#valve = new WatermarkValve(channels.length);
    feedback.forEach((isFeedback, index) => isFeedback && this.#valve.watermark(index, MAX_WATERMARK));
    this.#aligner = new BarrierAligner(feedback, clock, observer);
    this.#turns = new ChannelTurns(feedback);
    this.#held = channels.map(() => []);
    this.#ended = channels.map(() => false);
    this.#open = feedback.filter((isFeedback) => !isFeedback).length;
  }

  /** `Clock.now()` at which the gate has something to tell even if nothing comes: the task has itself woken then. */
  get deadline(): number | undefined {
    return this.#aligner.deadline;
  }

  /** Whether frames that were in flight, or given back, are still to be polled. */
  get isHolding(): boolean {
    return this.#heldCount > 0;
  }

  /** Frames of a restored checkpoint, oldest first; before the first `poll`. */
  recover(channel: number, frames: readonly FrameElement[]): void {
    this.#held[channel]!.push(...frames);
    this.#heldCount += frames.length;
  }

  /**
   * Takes back the rest of the frame that was polled last, from the record at `position` on, because the task cannot go
   * on with it now: so the gate knows all that is not yet processed.
   */
  giveBack({ channel, frame }: FrameEvent, position: number): void {
    if (position >= frame.records.length) return;
    this.#held[channel]!.unshift(position === 0 ? frame : partOf(frame, position));
    this.#heldCount++;
  }

  /** The checkpoint was given up: channels that wait for it go on. */
  abort(checkpoint: number): void {
    this.#aligner.abort(checkpoint);
    this.#checkpointed = this.#checkpointed.filter((event) => checkpointOf(event) !== checkpoint);
    if (this.#log?.checkpoint === checkpoint) this.#log = undefined;
  }

  /** The next thing to act on, or undefined when nothing has come. The frame polled before is processed or given back. */
  poll(): GateEvent | undefined {
    const event = this.pollCheckpoint() ?? this.#progressed.shift() ?? this.#pollHeld();
    if (event !== undefined) return event;
    const turns = this.#turns;
    turns.begin(this.#aligner.isWaiting);
    for (let index = turns.next(); index !== undefined; index = turns.next()) {
      if (this.#ended[index]! || this.#aligner.isBlocked(index)) continue;
      const element = this.channels[index]!.channel.poll();
      if (element === undefined) continue;
      if (this.#aligner.isCapturing(index)) this.#log!.note(index, [element]);
      const event = this.#interpret(index, element);
      turns.taken(index);
      if (event !== undefined) return event;
      turns.begin(this.#aligner.isWaiting);
    }
    return undefined;
  }

  /** As `poll`, but takes nothing new into the loop: for a task that has as much as it may hold. */
  pollFeedback(): GateEvent | undefined {
    const event = this.pollCheckpoint() ?? this.#progressed.shift();
    if (event !== undefined) return event;
    for (let index = 0; index < this.channels.length; index++) {
      const { channel, feedback } = this.channels[index]!;
      if (feedback !== true || this.#ended[index]! || this.#aligner.isBlocked(index)) continue;
      const element = channel.poll();
      if (element === undefined) continue;
      if (this.#aligner.isCapturing(index)) this.#log!.note(index, [element]);
      const event = this.#interpret(index, element);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** As `poll`, but only what has to do with checkpoints: for a task that has no credit to process anything. */
  pollCheckpoint(): CheckpointEvent | undefined {
    if (this.#checkpointed.length > 0) return this.#checkpointed.shift();
    if (this.#aligner.deadline !== undefined) this.#apply(this.#aligner.tick());
    for (let index = 0; index < this.channels.length; index++) {
      const announcement = this.channels[index]!.channel.announced();
      if (announcement === undefined) continue;
      this.#apply(this.#aligner.announced(announcement.barrier));
      this.#noteArrived(index);
    }
    return this.#checkpointed.shift();
  }

  #pollHeld(): FrameEvent | undefined {
    if (this.#heldCount === 0) return undefined;
    const channel = this.#held.findIndex((frames) => frames.length > 0);
    this.#heldCount--;
    return { kind: 'frame', channel, input: this.channels[channel]!.input, frame: this.#held[channel]!.shift()! };
  }

  #interpret(index: number, element: StreamElement): GateEvent | undefined {
    switch (element.kind) {
      case 'frame':
        return { kind: 'frame', channel: index, input: this.channels[index]!.input, frame: element };
      case 'watermark':
        return this.#progress(this.#valve.watermark(index, element.watermark));
      case 'barrier':
        this.#apply(this.#aligner.reached(index, element.barrier));
        return this.#checkpointed.shift();
      case 'idle':
        return this.#progress(this.#valve.idle(index));
      case 'active':
        this.#valve.active(index);
        return this.#progress(undefined);
      case 'end':
        this.#ended[index] = true;
        this.#open--;
        this.#apply(this.#aligner.ended(index));
        return this.#checkpointed.shift() ?? this.#progress(undefined);
    }
  }

  /** Back to activity is told before, idleness and the end behind the watermark that they come with. */
  #progress(watermark: number | undefined): ProgressEvent | undefined {
    const idle = this.#valve.isIdle();
    if (this.#idle && !idle) this.#progressed.push({ kind: 'active' });
    if (watermark === MAX_WATERMARK && this.#turns.hasFeedback) this.#isTimeEnding = true;
    else if (watermark !== undefined) this.#progressed.push({ kind: 'watermark', watermark });
    if (idle && !this.#idle) this.#progressed.push({ kind: 'idle' });
    if (this.#open === 0) this.#progressed.push({ kind: 'end' });
    this.#idle = idle;
    return this.#progressed.shift();
  }

  #apply(effects: readonly AlignmentEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'snapshot':
          this.#checkpointed.push(this.#atBarrier(effect));
          if (effect.overtakes) this.#startLog(effect.barrier.checkpoint);
          break;
        case 'captured':
          this.#checkpointed.push({ inFlight: this.#log!.inFlight(), ...effect });
          this.#log = undefined;
          break;
        case 'aborted':
          this.#checkpointed.push({ kind: 'barrier-aborted', checkpoint: effect.checkpoint, reason: effect.reason });
          this.#log = undefined;
      }
    }
  }

  #atBarrier({ barrier, overtakes, alignmentMs }: SnapshotEffect): CheckpointEvent {
    return { kind: 'barrier', barrier, overtakes, alignmentMs, endsTime: this.#endTime(barrier) };
  }

  /** @returns whether the last watermark has waited for this barrier */
  #endTime({ then }: CheckpointBarrier): boolean {
    if (!this.#isTimeEnding || then !== 'drain') return false;
    this.#isTimeEnding = false;
    return true;
  }

  /** The held frames of a channel whose barrier has come are none: they come before anything in the channel. */
  #startLog(checkpoint: number): void {
    const log = (this.#log = new InFlightLog(checkpoint));
    this.#held.forEach((frames, index) => log.note(index, frames));
    for (let index = 0; index < this.channels.length; index++) this.#noteArrived(index);
  }

  /** Notes what lies in the channel before the barrier that has overtaken it, once that is known to be all. */
  #noteArrived(index: number): void {
    if (!this.#aligner.isCapturing(index)) return;
    const { channel } = this.channels[index]!;
    const announcement = channel.announced();
    if (announcement?.arrived !== true || announcement.barrier.checkpoint !== this.#log!.checkpoint) return;
    this.#log!.note(index, channel.beforeAnnounced());
    this.#apply(this.#aligner.noted(index));
  }
}

function checkpointOf(event: CheckpointEvent): number {
  return event.kind === 'barrier' ? event.barrier.checkpoint : event.checkpoint;
}
