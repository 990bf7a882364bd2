/**
 * A task that begins at an ingress: polls its reader, and sends watermarks behind the records that they cover.
 *
 * Invariants
 * - A bounded source that has been read to its end sends the last watermark, which makes everything downstream due. One
 *   that was stopped does not: what is open stays open.
 * - An input that is to be sorted gives nothing before its end; then its records come in the order of event time.
 */
import type { SourceBatch, SourceReader } from '@tidegate/connectors/api';
import type { SourceOperator } from '../operators/source/source-operator.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { EventSorter } from '../time/event-sorter.js';
import { MAX_WATERMARK } from '../time/watermark.js';
import type { OperatorChain } from './operator-chain.js';
import type { StepResult, Task } from './task.js';

const POLL_BYTES_MAX = 128 * 1024;
const SORTED_RECORDS_PER_STEP = 1024;

/** The sorter of an unordered input and where its records go when they are sorted. */
export interface SortedInput {
  readonly sorter: EventSorter;
  /** Told of every batch before its records are added. */
  measure(batch: SourceBatch): void;
  emit(record: StreamRecord): void;
}

export class SourceTask implements Task {
  #idle = false;
  #stopping = false;
  #sorted: Iterator<StreamRecord> | undefined;

  constructor(
    readonly id: string,
    private readonly reader: SourceReader,
    private readonly operator: SourceOperator,
    private readonly chain: OperatorChain,
    private readonly sortedInput: SortedInput | undefined,
    wake: () => void,
  ) {
    reader.onAvailable(wake);
  }

  /** Ends the stream where it is, without a last watermark. */
  stop(): void {
    this.#stopping = true;
  }

  /** Raises the source's watermark, as if the outer system had promised it. */
  raiseWatermark(watermark: number): void {
    // An input that is to be sorted has no time before its end.
    if (this.sortedInput !== undefined) return;
    this.operator.raiseWatermark(watermark);
    this.#progressTime();
  }

  step(): StepResult {
    if (this.#stopping) {
      this.chain.end();
      return 'done';
    }
    if (!this.chain.hasCredit()) {
      // Nobody can say that a split is silent while nobody listens to it.
      this.operator.restartIdleTimers();
      return 'waiting';
    }
    if (this.#sorted !== undefined) return this.#emitSorted(this.#sorted);
    const result = this.reader.poll(POLL_BYTES_MAX);
    switch (result.kind) {
      case 'batch':
        this.#accept(result.batch);
        // Beside a busy split another may have fallen silent.
        this.operator.checkIdle();
        this.#progressTime();
        this.chain.flush();
        return 'progress';
      case 'split-end':
        this.operator.endSplit(result.split);
        this.#progressTime();
        return 'progress';
      case 'empty':
        return this.#checkIdle();
      case 'end':
        return this.#finish();
    }
  }

  #accept(batch: SourceBatch): void {
    if (this.#idle) this.chain.active();
    this.#idle = false;
    this.sortedInput?.measure(batch);
    this.operator.accept(batch);
  }

  /** Sends the watermark that the source has reached, if it rose. */
  #progressTime(): void {
    const watermark = this.operator.nextWatermark();
    if (watermark !== undefined) this.chain.watermark(watermark);
  }

  #checkIdle(): StepResult {
    const idle = this.operator.checkIdle();
    this.#progressTime();
    if (idle && !this.#idle) {
      this.#idle = true;
      this.chain.idle();
      return 'progress';
    }
    return 'waiting';
  }

  #finish(): StepResult {
    if (this.sortedInput !== undefined && this.#sorted === undefined) {
      this.#sorted = this.sortedInput.sorter.drain();
      return 'progress';
    }
    this.chain.watermark(MAX_WATERMARK);
    this.chain.end();
    return 'done';
  }

  #emitSorted(records: Iterator<StreamRecord>): StepResult {
    let last: number | undefined;
    for (let i = 0; i < SORTED_RECORDS_PER_STEP; i++) {
      const next = records.next();
      if (next.done === true) return this.#finish();
      this.sortedInput!.emit(next.value);
      last = next.value.timestamp;
    }
    if (last !== undefined) this.chain.watermark(last - 1);
    return 'progress';
  }

  async close(): Promise<void> {
    this.sortedInput?.sorter.close();
    await this.reader.close();
  }
}
