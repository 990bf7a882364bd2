/**
 * Writes the records of one edge into the channels to the consumer's subtasks, after the edge's partitioning.
 *
 * Invariants
 * - Records that follow a watermark are behind it in every channel: control elements flush all frames first.
 * - `hash`: records of one key always reach the same subtask. A record without a usable key goes to subtask 0, whose
 *   operator hands it to the dead letter.
 * - Where no record is followed, frames are looked at no closer for it.
 */
import { mayOvertake, type CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { Counter } from '../metrics/registry.js';
import type { Key } from '../record/key.js';
import { keyGroupOf, subtaskOf } from '../record/key.js';
import type { TraceContext } from '../tracing/trace-context.js';
import type { OutputChannel } from './channel.js';
import type { FrameTrace, Payload, StreamElement } from './element.js';

const FRAME_RECORDS_MAX = 512;
const NONE: readonly FrameTrace[] = [];

/** The key of a record on a keyed edge. */
export type KeySelector = (record: Payload) => Key | undefined;

export type Partitioning =
  | { readonly kind: 'forward'; readonly subtask: number }
  | { readonly kind: 'rebalance'; readonly subtask: number }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'hash'; readonly keyOf: KeySelector; readonly maxParallelism: number };

/**
 * When what was emitted is sent: at the end of each step, or when `flush` is called, by a slot that does so at intervals
 * (Apache Flink's buffer timeout) and before it sleeps. Barriers and the end are sent at once either way.
 */
export type Sending = 'each step' | 'when flushed';

/** All but frames and barriers. */
export type ControlElement = Exclude<StreamElement, { kind: 'frame' | 'barrier' }>;

interface OpenFrame {
  records: Payload[];
  keys: (Key | undefined)[] | undefined;
}

export class RecordWriter {
  readonly #frames: OpenFrame[];
  readonly #keyed: boolean;
  /** The consumer's subtask for each key group. */
  readonly #owners: readonly number[];
  #next: number;
  /** Of the records that are followed and may be in an open frame; undefined while there are none. */
  #traces: Map<Payload, TraceContext> | undefined;

  constructor(
    private readonly channels: readonly OutputChannel[],
    private readonly partitioning: Partitioning,
    private readonly sending: Sending = 'each step',
    /** Of what is put into the channels. */
    private readonly written: Counter = { value: 0 },
  ) {
    this.#keyed = partitioning.kind === 'hash';
    this.#owners = partitioning.kind === 'hash' ? ownersOf(partitioning.maxParallelism, channels.length) : [];
    this.#frames = channels.map(() => this.#emptyFrame());
    this.#next = 'subtask' in partitioning ? partitioning.subtask % channels.length : 0;
  }

  #emptyFrame(): OpenFrame {
    return { records: [], keys: this.#keyed ? [] : undefined };
  }

  /** Asks every channel: one that has none goes on sending what it holds when it is asked. */
  hasCredit(): boolean {
    let hasCredit = true;
    for (const channel of this.channels) if (!channel.hasCredit()) hasCredit = false;
    return hasCredit;
  }

  /** Of the fullest channel, from 0 to 1. */
  usage(): number {
    return Math.max(...this.channels.map((channel) => channel.usage()));
  }

  emit(record: Payload): void {
    const { partitioning } = this;
    switch (partitioning.kind) {
      case 'forward':
        this.#put(this.#next, record, undefined);
        break;
      case 'rebalance':
        this.#put(this.#next, record, undefined);
        this.#next = (this.#next + 1) % this.channels.length;
        break;
      case 'broadcast':
        for (let i = 0; i < this.channels.length; i++) this.#put(i, record, undefined);
        break;
      case 'hash': {
        const key = partitioning.keyOf(record);
        const isOwned = key !== undefined && this.channels.length > 1;
        this.#put(isOwned ? this.#owners[keyGroupOf(key, this.#owners.length)]! : 0, record, key);
      }
    }
  }

  /** @param trace that the record is followed in */
  emitTraced(record: Payload, trace: TraceContext): void {
    (this.#traces ??= new Map()).set(record, trace);
    this.emit(record);
  }

  #put(target: number, record: Payload, key: Key | undefined): void {
    const frame = this.#frames[target]!;
    frame.records.push(record);
    frame.keys?.push(key);
    if (frame.records.length >= FRAME_RECORDS_MAX) this.#flush(target);
  }

  #flush(target: number): void {
    const frame = this.#frames[target]!;
    if (frame.records.length === 0) return;
    this.written.value += frame.records.length;
    const { records, keys } = frame;
    const traces = this.#traces === undefined ? NONE : tracesOf(records, this.#traces);
    this.channels[target]!.push(
      traces.length === 0 ? { kind: 'frame', records, keys } : { kind: 'frame', records, keys, traces },
    );
    this.#frames[target] = this.#emptyFrame();
  }

  /** The end of a step: a quiet stream is not held back. */
  endStep(): void {
    if (this.sending === 'each step') this.flush();
  }

  /** @returns whether everything is on its way */
  flush(): boolean {
    this.#flushAll();
    let isAll = true;
    for (const channel of this.channels) if (!channel.flush()) isAll = false;
    return isAll;
  }

  #flushAll(): void {
    for (let i = 0; i < this.channels.length; i++) this.#flush(i);
    this.#traces = undefined;
  }

  /** Sends a watermark, idleness, its end or the end to every consumer, behind all records before it. */
  control(element: ControlElement): void {
    this.#flushAll();
    const isSent = element.kind === 'end' || this.sending === 'each step';
    for (const channel of this.channels) {
      channel.push(element);
      if (isSent) channel.flush();
    }
  }

  /** Sends a barrier to every consumer, behind all records before it: announced where it overtakes them, or may come to. */
  barrier(barrier: CheckpointBarrier): void {
    this.#flushAll();
    const isAnnounced = this.isAnnounced(barrier);
    for (const channel of this.channels) {
      if (isAnnounced) channel.announce(barrier);
      else channel.push({ kind: 'barrier', barrier });
      channel.flush();
    }
  }

  protected isAnnounced(barrier: CheckpointBarrier): boolean {
    return mayOvertake(barrier);
  }
}

function tracesOf(records: readonly Payload[], traces: ReadonlyMap<Payload, TraceContext>): FrameTrace[] {
  return records.flatMap((record, index) => {
    const context = traces.get(record);
    return context === undefined ? [] : { index, context };
  });
}

function ownersOf(maxParallelism: number, parallelism: number): number[] {
  return Array.from({ length: maxParallelism }, (_, keyGroup) => subtaskOf(keyGroup, maxParallelism, parallelism));
}
