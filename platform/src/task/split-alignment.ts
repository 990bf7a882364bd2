/**
 * Keeps the splits of a source's subtask near to each other and to those of other subtasks in event time: one that is ahead
 * of the limit is not read, until the limit has risen. What it would give would only wait in the buffers of operators for
 * the watermark, which the slowest split holds back (Apache Flink, FLIP-182 and FLIP-217).
 *
 * The limit comes from the coordinator, which knows the lowest watermark of the group; so that it rises as fast as records are
 * read, the subtask says how far it is whenever it is asked, whenever a split must wait, and after each part of the drift.
 *
 * Invariants
 * - Until the limit is known, each split gives no more than its first records.
 * - The slowest split of a group is never paused: the limit lies above its watermark.
 * - A split that is idle holds nobody back, as it does not hold back the watermark; nor does one whose turn has not come. A paused
 *   split does not become idle.
 */
import type { SourceReader } from '@tidegate/connectors/api';
import type { SourceOperator } from '../operators/source/source-operator.js';
import { MAX_WATERMARK, NO_WATERMARK, type SplitWatermark } from '../time/watermark.js';

/** The drift in so many parts: after each the coordinator is told. */
const PARTS = 4;

export interface SplitAlignmentPorts {
  readonly operator: SourceOperator;
  readonly reader: Pick<SourceReader, 'concurrency' | 'pause' | 'resume'>;
  /** See `TaskHost.watermarkReached`. */
  reached(watermark: number): void;
}

/** Of a split that has given no record: a limit above it is below all times. */
const NO_TIME_YET = Number.MIN_SAFE_INTEGER;

export class SplitAlignment {
  #limit = Number.NEGATIVE_INFINITY;
  #told = NO_WATERMARK;
  readonly #step: number;
  readonly #waitsForFirst: boolean;

  /** @param maxDrift ms of event time */
  constructor(
    maxDrift: number,
    private readonly ports: SplitAlignmentPorts,
  ) {
    this.#step = maxDrift / PARTS;
    this.#waitsForFirst = (ports.reader.concurrency ?? Infinity) === Infinity;
  }

  /** A split has given records. */
  gave(split: string): void {
    let hasPaused = false;
    for (const [id, progress] of this.ports.operator.progress()) if (id === split) hasPaused = this.#hold(id, progress);
    const slowest = this.#slowest();
    if (hasPaused || slowest - this.#told >= this.#step) this.#tell(slowest);
  }

  /** The coordinator asks how far this subtask is. @param limit of the group; undefined: as before */
  align(limit = this.#limit): void {
    this.#limit = limit;
    for (const [id, progress] of this.ports.operator.progress()) this.#hold(id, progress);
    this.tell();
  }

  /** Says how far this subtask is. */
  tell(): void {
    this.#tell(this.#slowest());
  }

  /** The lowest watermark, of splits that count. */
  #slowest(): number {
    let slowest = MAX_WATERMARK;
    for (const [, { idle, watermark }] of this.ports.operator.progress()) {
      if (idle || (watermark === NO_WATERMARK && !this.#waitsForFirst)) continue;
      slowest = Math.min(slowest, Math.max(watermark, NO_TIME_YET));
    }
    return slowest;
  }

  #tell(slowest: number): void {
    this.#told = slowest;
    this.ports.reached(slowest);
  }

  /** @returns whether it was paused just now */
  #hold(id: string, progress: SplitWatermark): boolean {
    const isAhead = progress.watermark > this.#limit;
    if (isAhead === progress.paused) return false;
    progress.paused = isAhead;
    if (isAhead) this.ports.reader.pause(id);
    else this.ports.reader.resume(id);
    return isAhead;
  }
}
