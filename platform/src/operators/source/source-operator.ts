/**
 * The first operator of a stream: decodes payloads, holds them against the schema, assigns event time, separates late and
 * bad records, and makes the source's watermarks.
 *
 * Invariants
 * - Every payload ends in exactly one of: a record, a late record, a bad record (dead letter, counted, or the job fails).
 * - Lateness is judged per split and per record, so it does not depend on how records were batched.
 * - A watermark is emitted behind the records that it covers, never back.
 * - A split is idle when it gave nothing for the idle timeout although it was asked. Bounded splits are read one after the
 *   other: of them none is idle while another gives records.
 */
import { BadRecordError, type Format, type SourceBatch } from '@tidegate/connectors/api';
import type { Clock } from '../../common/clock.js';
import { TidegateError } from '../../common/errors.js';
import type { SourceNode } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import { DeadLetter, rawForDeadLetter } from '../../record/dead-letter.js';
import { StreamRecord, type Split } from '../../record/stream-record.js';
import { timeParser } from '../../time/time-parser.js';
import { combinedWatermark, NO_WATERMARK, SplitWatermark } from '../../time/watermark.js';
import type { Collector } from '../operator.js';
import { createConformer, type Conformer } from './conformer.js';
import { IngestionClock, timestampAssigner, typeAt, type TimestampAssigner } from './timestamps.js';

/** Where the source's records go. */
export interface SourceOutputs {
  /** In-time records, for everybody. */
  readonly main: Collector;
  /** Late records, for those who do not care for time (filters). */
  readonly timeless: Collector;
  /** Late records, for the ingress's `late` egress. */
  readonly late: Collector;
  readonly bad: Collector;
}

interface SplitState {
  readonly split: Split;
  readonly progress: SplitWatermark;
}

export class SourceOperator {
  readonly #conform: Conformer;
  readonly #assign: TimestampAssigner;
  readonly #ingestion: IngestionClock;
  readonly #splits = new Map<string, SplitState>();
  readonly #records: Counter;
  readonly #bad: Counter;
  readonly #late: Counter;
  readonly #bytes: Counter;
  readonly #eventTime: Counter;
  readonly #earliestTime: Counter;
  #watermark = NO_WATERMARK;
  /** `Clock.monotonic()` of the last record of any split. */
  #lastActive: number;

  constructor(
    private readonly node: SourceNode,
    private readonly format: Format,
    private readonly outputs: SourceOutputs,
    private readonly clock: Clock,
    metrics: MetricRegistry,
    /** The splits end, and so a split that has not been begun is not silent. */
    private readonly bounded: boolean,
  ) {
    const { time, schema } = node;
    const parse = timeParser(time.format, time.zone);
    this.#conform = createConformer(schema, {
      textual: format.textual,
      ...(time.field === undefined
        ? {}
        : { time: { path: time.field, parse, isMillis: time.format === undefined || time.format === 'epoch-millis' } }),
    });
    this.#ingestion = new IngestionClock(clock);
    const converted = typeAt(schema, time.field ?? []).kind === 'timestamp';
    this.#assign = timestampAssigner(time, parse, converted, time.kind === 'ingestion' ? this.#ingestion : clock);
    this.#lastActive = clock.monotonic();
    this.#records = metrics.counter(node.id, 'records');
    this.#bad = metrics.counter(node.id, 'bad');
    this.#late = metrics.counter(node.id, 'late');
    this.#bytes = metrics.counter(node.id, 'bytes');
    this.#eventTime = metrics.counter(node.id, 'eventTime', 'latest');
    this.#earliestTime = metrics.counter(node.id, 'earliestTime', 'earliest');
  }

  /**
   * A split will be read: from now on it holds back the watermark until it has records, is idle or ends.
   * @param watermark that it had reached before a restore
   */
  addSplit(id: string, watermark = NO_WATERMARK): void {
    const progress = new SplitWatermark(
      this.node.time.order === 'unordered' ? Number.POSITIVE_INFINITY : this.node.time.maxOutOfOrderness,
      this.clock.monotonic(),
    );
    progress.raise(watermark);
    this.#splits.set(id, { split: { ingress: this.node.name, id }, progress });
  }

  /** Of an open split, for a checkpoint. */
  watermarkOf(id: string): number | undefined {
    return this.#splits.get(id)?.progress.watermark;
  }

  /** The open splits, and how far they are. */
  *progress(): Generator<readonly [id: string, progress: SplitWatermark]> {
    for (const [id, { progress }] of this.#splits) yield [id, progress];
  }

  endSplit(id: string): void {
    this.#splits.delete(id);
  }

  /** Takes all records of a batch. */
  accept(batch: SourceBatch): void {
    const state = this.#splits.get(batch.split);
    if (state === undefined) throw new Error(`batch of a split that was never added: ${batch.split}`);
    this.#lastActive = state.progress.lastActive = this.clock.monotonic();
    state.progress.idle = false;
    const { payloads, offsets, bad, headers } = batch;
    for (let i = 0; i < payloads.length; i++) {
      const reason = bad?.get(i);
      if (reason === undefined) this.#one(state, payloads[i], offsets[i]!, headers?.[i]);
      else this.#reject(state, offsets[i]!, reason, payloads[i]);
    }
    this.#bytes.value += batch.bytes;
  }

  #one(
    state: SplitState,
    payload: unknown,
    offset: number,
    headers: Readonly<Record<string, string>> | undefined,
  ): void {
    let value: unknown;
    try {
      value = this.format.decode(payload);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      this.#reject(state, offset, error.reason, payload);
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#reject(state, offset, 'the record is not an object with named fields', payload);
      return;
    }
    const fields = value as Record<string, unknown>;
    const problem = this.#conform(fields);
    if (problem !== undefined) {
      this.#reject(state, offset, problem, payload);
      return;
    }
    const timestamp = this.#assign(fields);
    if (typeof timestamp === 'string') {
      this.#reject(state, offset, timestamp, payload);
      return;
    }
    this.#records.value++;
    const record = new StreamRecord(fields, timestamp, this.node.name, state.split, offset, headers, undefined);
    if (state.progress.observe(timestamp)) {
      this.#late.value++;
      this.outputs.timeless.collect(record);
      this.outputs.late.collect(record);
      return;
    }
    if (timestamp > this.#eventTime.value || this.#earliestTime.value === 0) this.#eventTime.value = timestamp;
    if (timestamp < this.#earliestTime.value || this.#earliestTime.value === 0) this.#earliestTime.value = timestamp;
    this.outputs.main.collect(record);
  }

  #reject(state: SplitState, offset: number, reason: string, payload: unknown): void {
    this.#bad.value++;
    if (this.node.onBadRecord === 'fail') {
      throw new TidegateError(
        'TG401',
        `${this.node.id}: bad record in ${state.split.id} at offset ${offset}: ${reason}. ` +
          'Correct it, or set `onBadRecord: skip` or `onBadRecord: { to: EGRESS }`.',
      );
    }
    this.outputs.bad.collect(new DeadLetter(this.node.id, state.split.id, offset, reason, rawForDeadLetter(payload)));
  }

  /** Marks splits without records for the idle timeout. @returns whether all open splits are idle */
  checkIdle(): boolean {
    const { idleTimeout } = this.node.time;
    const now = this.clock.monotonic();
    let allIdle = true;
    // Without records, too, the clock goes on.
    if (this.node.time.kind === 'ingestion') this.raiseWatermark(this.#ingestion.now() - 1);
    for (const { progress } of this.#splits.values()) {
      // It could give nothing, because it was not asked.
      if (progress.paused) this.#lastActive = progress.lastActive = now;
      const since = this.bounded ? this.#lastActive : progress.lastActive;
      if (idleTimeout !== undefined && now - since >= idleTimeout) progress.idle = true;
      if (!progress.idle) allIdle = false;
    }
    return allIdle;
  }

  /** The splits could not give anything, because they were not asked. */
  restartIdleTimers(): void {
    if (this.node.time.idleTimeout === undefined) return;
    this.#lastActive = this.clock.monotonic();
    for (const { progress } of this.#splits.values()) progress.lastActive = this.#lastActive;
  }

  /** Raises every split's watermark, as if the outer system had promised it. */
  raiseWatermark(watermark: number): void {
    for (const { progress } of this.#splits.values()) progress.raise(watermark);
  }

  /** @returns the source's watermark, if it has risen since the last call */
  nextWatermark(): number | undefined {
    const reached = combinedWatermark([...this.#splits.values()].map(({ progress }) => progress));
    if (reached === undefined || reached <= this.#watermark) return undefined;
    this.#watermark = reached;
    return reached;
  }
}
