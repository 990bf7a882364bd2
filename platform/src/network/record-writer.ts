/**
 * Writes the records of one edge into the channels to the consumer's subtasks, after the edge's partitioning.
 *
 * Invariants
 * - Records that follow a watermark are behind it in every channel: control elements flush all frames first.
 * - `hash`: records of one key always reach the same subtask. A record without a usable key goes to subtask 0, whose
 *   operator hands it to the dead letter.
 */
import type { Clock } from '../common/clock.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { Key } from '../record/key.js';
import { keyGroupOf, subtaskOf } from '../record/key.js';
import type { OutputChannel } from './channel.js';
import type { Payload, StreamElement } from './element.js';

const FRAME_RECORDS_MAX = 512;

/** The key of a record on a keyed edge. */
export type KeySelector = (record: Payload) => Key | undefined;

export type Partitioning =
  | { readonly kind: 'forward'; readonly subtask: number }
  | { readonly kind: 'rebalance'; readonly subtask: number }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'hash'; readonly keyOf: KeySelector; readonly maxParallelism: number };

/** How long records may wait for others to share their frames, after the end of a step (Apache Flink's buffer timeout). */
export interface BufferTimeout {
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Where the stream is, in time and in its life. */
export type ControlElement = Exclude<StreamElement, { kind: 'frame' | 'barrier' }>;

interface OpenFrame {
  records: Payload[];
  keys: (Key | undefined)[] | undefined;
}

export class RecordWriter {
  readonly #frames: OpenFrame[];
  readonly #keyed: boolean;
  #next: number;
  /** `Clock.monotonic()` at the end of the step that put the oldest waiting record; undefined when none waits. */
  #waitingSince: number | undefined;

  constructor(
    private readonly channels: readonly OutputChannel[],
    private readonly partitioning: Partitioning,
    private readonly buffering?: BufferTimeout,
  ) {
    this.#keyed = partitioning.kind === 'hash';
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
        const { maxParallelism } = partitioning;
        const target =
          key === undefined || this.channels.length === 1
            ? 0
            : subtaskOf(keyGroupOf(key, maxParallelism), maxParallelism, this.channels.length);
        this.#put(target, record, key);
      }
    }
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
    this.channels[target]!.push({ kind: 'frame', records: frame.records, keys: frame.keys });
    this.#frames[target] = this.#emptyFrame();
  }

  /**
   * The end of a step: sends what is buffered, so that a quiet stream is not held back; with a buffer timeout, once the
   * oldest has waited for it.
   * @returns whether everything is on its way
   */
  flush(): boolean {
    if (this.buffering !== undefined && !this.#isTimedOut(this.buffering)) return false;
    this.#flushAll();
    let isAll = true;
    for (const channel of this.channels) if (!channel.flush()) isAll = false;
    return isAll;
  }

  /** `Clock.monotonic()` at which `flush` is to be called even if nothing comes. */
  get deadline(): number | undefined {
    return this.#waitingSince === undefined ? undefined : this.#waitingSince + this.buffering!.timeoutMs;
  }

  #isTimedOut({ timeoutMs, clock }: BufferTimeout): boolean {
    const isWaiting = this.#frames.some(({ records }) => records.length > 0);
    if (!isWaiting) return true;
    const now = clock.monotonic();
    this.#waitingSince ??= now;
    return now - this.#waitingSince >= timeoutMs;
  }

  #flushAll(): void {
    for (let i = 0; i < this.channels.length; i++) this.#flush(i);
    this.#waitingSince = undefined;
  }

  /** Sends a watermark, idleness, its end or the end to every consumer, behind all records before it. */
  control(element: ControlElement): void {
    this.#flushAll();
    for (const channel of this.channels) {
      channel.push(element);
      channel.flush();
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

  protected isAnnounced({ alignment }: CheckpointBarrier): boolean {
    return alignment.mode === 'unaligned' || (alignment.mode === 'aligned' && alignment.timeoutMs !== undefined);
  }
}
