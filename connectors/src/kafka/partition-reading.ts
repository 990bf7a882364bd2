/**
 * One partition being read: turns its messages into batches for the reader's queue.
 *
 * Invariants
 * - `position` is the offset behind the last message that was taken, or passed over (aborted transactions, control records,
 *   what compaction removed): it never goes back.
 * - A bounded reading ends at `end`, and takes nothing from there on.
 */
import type { FeedOutput } from '../reading/queued-reader.js';
import type { FetchedRecord } from './fetched/fetched-record.js';
import type { MessageChunk } from './message-chunk.js';
import type { RecordMaker } from './record-maker.js';
import type { TopicPartition } from './topic-partition.js';

export interface PartitionReadingOptions extends TopicPartition {
  /** The first offset to be read. */
  readonly from: number;
  /** The first one that is not; undefined for a reading without an end. */
  readonly end: number | undefined;
  readonly records: RecordMaker;
  readonly output: FeedOutput;
  /**
   * Asked where the next message is not the next one by number, as compaction and control records leave gaps.
   * @returns the same position, or where to go on as the records there are gone; rejects if that is not wanted
   */
  startBehind(position: number): Promise<number>;
}

export class PartitionReading implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  position: number;
  /** Behind the last message that was given to the output. */
  #given: number;
  /** Resolves at the end or when the reader is closed, rejects with what made reading impossible. */
  readonly finished: Promise<void>;
  #finish!: () => void;
  #reject!: (error: Error) => void;
  #isFinished = false;

  constructor(private readonly options: PartitionReadingOptions) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.position = options.from;
    this.#given = options.from;
    this.finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#reject = reject;
    });
    options.output.onClose(() => this.#end());
    this.#endIfReached();
  }

  async accept(messages: readonly FetchedRecord[]): Promise<void> {
    const { output, records, startBehind } = this.options;
    const first = messages.find(({ offsetNumber }) => offsetNumber >= this.position);
    if (this.#isFinished || first === undefined) return;
    await records.prepare(messages);
    const { position } = this;
    if (first.offsetNumber > position) {
      const found = await startBehind(position);
      // Another batch may have come meanwhile, by a consumer that has joined its group anew.
      if (this.position === position) this.position = found;
    }
    const chunk = this.#chunkOf(messages, records);
    if (!chunk.isEmpty) {
      this.position = chunk.nextOffset;
      this.#given = chunk.nextOffset;
      output.push(chunk);
    }
    this.#endIfReached();
  }

  #chunkOf(messages: readonly FetchedRecord[], records: RecordMaker): MessageChunk {
    const { end = Infinity } = this.options;
    const chunk = records.begin(this);
    for (const message of messages) {
      const { offsetNumber } = message;
      if (offsetNumber < this.position) continue;
      if (offsetNumber >= end) break;
      chunk.add(message);
    }
    return chunk;
  }

  /** All up to this offset has been taken or passed over. */
  passed(lastOffset: string): void {
    this.position = Math.max(this.position, Number(lastOffset) + 1);
    this.#endIfReached();
  }

  /** @param polled where polling has got to @returns the same, and beyond what was passed over if nothing waits */
  passedFrom(polled: number): number {
    return polled >= this.#given ? Math.max(polled, this.position) : polled;
  }

  /** Resolves when there is room for more. @returns whether more is wanted at all */
  async wantsMore(): Promise<boolean> {
    await this.options.output.room();
    return !this.#isFinished;
  }

  fail(error: Error): void {
    this.#isFinished = true;
    this.#reject(error);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  #endIfReached(): void {
    if (this.options.end !== undefined && this.position >= this.options.end) this.#end();
  }

  #end(): void {
    this.#isFinished = true;
    this.#finish();
  }
}
