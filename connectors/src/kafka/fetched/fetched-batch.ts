/**
 * What one fetch brought of one partition, in the place of kafkajs's own `Batch`, which makes numbers of 64 bits of the texts of all
 * offsets again.
 *
 * Invariants
 * - `messages` are what a reader of committed data may see: nothing of aborted transactions, no control records, nothing before the
 *   offset that was asked for.
 * - All else is for kafkajs, which goes on behind `lastOffset`.
 */
import { withoutAborted, type AbortedTransaction } from './aborted-messages.js';
import type { FetchedRecord } from './fetched-record.js';

/** As kafkajs decodes it; offsets are texts. */
export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: readonly FetchedRecord[];
}

export class FetchedBatch {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly FetchedRecord[];
  readonly #isOfNothing: boolean;
  /** From the offset on that was asked for. */
  readonly #records: readonly FetchedRecord[];

  constructor(
    readonly topic: string,
    readonly fetchedOffset: string,
    { partition, highWatermark, abortedTransactions, messages }: FetchedPartition,
  ) {
    this.partition = partition;
    this.highWatermark = highWatermark;
    this.#isOfNothing = messages.length === 0;
    this.#records = from(Number(fetchedOffset), messages);
    this.messages = withoutControl(withoutAborted(this.#records, abortedTransactions));
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  isEmptyIncludingFiltered(): boolean {
    return this.#records.length === 0;
  }

  /** There were records, and none for the reader. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && !this.#isOfNothing;
  }

  isEmptyControlRecord(): boolean {
    return this.isEmpty() && this.#records.some(({ isControlRecord }) => isControlRecord);
  }

  /** There were records, all before the offset that was asked for: the batch that it lies in has lost those behind. */
  isEmptyDueToLogCompactedMessages(): boolean {
    return !this.#isOfNothing && this.isEmptyIncludingFiltered();
  }

  firstOffset(): string | null {
    return this.#records[0]?.offset ?? null;
  }

  lastOffset(): string {
    if (this.isEmptyDueToLogCompactedMessages()) return this.fetchedOffset;
    return this.#records.at(-1)?.offset ?? String(this.#end - 1);
  }

  /** From the last record to the partition's end. */
  offsetLag(): string {
    return String(this.#end - 1 - Number(this.lastOffset()));
  }

  /** From the first one. */
  offsetLagLow(): string {
    const first = this.#records[0];
    return first === undefined ? '0' : String(this.#end - 1 - first.offsetNumber);
  }

  get #end(): number {
    return Number(this.highWatermark);
  }
}

/** A fetch begins with the whole batch that the offset lies in. */
function from(offset: number, records: readonly FetchedRecord[]): readonly FetchedRecord[] {
  const first = records.findIndex(({ offsetNumber }) => offsetNumber >= offset);
  return first < 0 ? [] : records.slice(first);
}

function withoutControl(records: readonly FetchedRecord[]): readonly FetchedRecord[] {
  return records.some(({ isControlRecord }) => isControlRecord)
    ? records.filter(({ isControlRecord }) => !isControlRecord)
    : records;
}
