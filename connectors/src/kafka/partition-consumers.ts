/**
 * The consumers of one reader: partitions that are added together share one, which ends when all of them have.
 *
 * Invariant: where reading must go on and the records are gone, the declared policy decides, aloud.
 */
import { ConnectorError, type ConnectorContext, type SourceSplit } from '../api/index.js';
import type { FeedOutput } from '../reading/queued-reader.js';
import type { KafkaClient } from './client.js';
import { PartitionConsumer } from './partition-consumer.js';
import type { PartitionEnd } from './partition-enumerator.js';
import { partitionRanges, type PartitionRange } from './partition-offsets.js';
import { PartitionReading } from './partition-reading.js';
import { randomName } from '../staging/random-name.js';
import type { RecordMaker } from './record-maker.js';
import type { KafkaSourceOptions } from './source-options.js';
import { parseSplitId, splitId, type TopicPartition } from './topic-partition.js';

const START_TRIES = 10;
const START_PAUSE_MS = 500;

/** A split that waits for its consumer. */
interface Wanted {
  readonly split: SourceSplit;
  readonly output: FeedOutput;
  finish(): void;
  fail(error: unknown): void;
}

export class PartitionConsumers {
  readonly #running = new Set<Promise<void>>();
  /** Those that have not ended, by split. */
  readonly #readings = new Map<string, PartitionReading>();
  /** Those that were added in this moment. */
  #wanted: Wanted[] | undefined;

  constructor(
    private readonly client: KafkaClient,
    private readonly options: KafkaSourceOptions,
    private readonly records: RecordMaker,
    private readonly context: ConnectorContext,
  ) {}

  /** Resolves at the split's end, or when its reader is closed. */
  read(split: SourceSplit, output: FeedOutput): Promise<void> {
    return new Promise((finish, fail) => {
      if (this.#wanted === undefined) {
        const wanted: Wanted[] = (this.#wanted = []);
        queueMicrotask(() => this.#begin(wanted));
      }
      this.#wanted.push({ split, output, finish, fail });
    });
  }

  /** Where reading goes on when nothing of the partition waits to be polled; undefined: it has not begun. */
  passed({ id, offset }: SourceSplit): number | undefined {
    return this.#readings.get(id)?.passedFrom(offset ?? 0) ?? offset;
  }

  /** Resolves when no consumer runs. */
  async closed(): Promise<void> {
    await Promise.all(this.#running);
  }

  #begin(wanted: readonly Wanted[]): void {
    this.#wanted = undefined;
    const running: Promise<void> = this.#consume(wanted)
      .catch((error: unknown) => {
        for (const { fail } of wanted) fail(error);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #consume(wanted: readonly Wanted[]): Promise<void> {
    const ranges = await this.#ranges(wanted.map(({ split }) => parseSplitId(split.id).topic));
    const readings = wanted.map((each) => this.#readingOf(each, ranges));
    const consumer = await this.#started(readings);
    try {
      await Promise.all(readings.map(({ finished }) => finished));
    } finally {
      await consumer.stop();
    }
  }

  /** A broker that was just started may take a while until it knows who coordinates a group. */
  async #started(readings: readonly PartitionReading[]): Promise<PartitionConsumer> {
    for (let tries = 1; ; tries++) {
      const group = `tidegate.${this.context.name}.${randomName(() => this.context.random())}`;
      const consumer = new PartitionConsumer(this.client, group, readings);
      try {
        await consumer.start();
        return consumer;
      } catch (error) {
        const isOver = tries === START_TRIES || readings.every(({ isFinished }) => isFinished);
        if (isOver || !(error instanceof ConnectorError && error.retriable)) throw error;
      }
      await this.client.pause(START_PAUSE_MS);
    }
  }

  #readingOf({ split, output, finish, fail }: Wanted, ranges: ReadonlyMap<string, PartitionRange>): PartitionReading {
    const where = parseSplitId(split.id);
    const reading = new PartitionReading({
      ...where,
      from: this.#start(where, split.offset ?? 0, ranges),
      end: (split.state as PartitionEnd | undefined)?.end,
      records: this.records,
      output,
      startBehind: async (position) => this.#start(where, position, await this.#ranges([where.topic])),
    });
    this.#readings.set(split.id, reading);
    reading.finished.finally(() => this.#readings.delete(split.id)).then(finish, fail);
    return reading;
  }

  async #ranges(topics: readonly string[]): Promise<ReadonlyMap<string, PartitionRange>> {
    const ranges = await this.client.admin((admin) => partitionRanges(admin, this.client.subject, new Set(topics)));
    return new Map(ranges.map((range) => [splitId(range), range]));
  }

  /** Where reading goes on that should at `offset`. Throws a ConnectorError by the policy. */
  #start(where: TopicPartition, offset: number, ranges: ReadonlyMap<string, PartitionRange>): number {
    const range = ranges.get(splitId(where));
    if (range === undefined)
      throw new ConnectorError('not-found', `${this.client.subject}: partition ${splitId(where)} is gone`);
    const { low, high } = range;
    if (offset >= low && offset <= high) return offset;
    const found =
      offset < low
        ? `its first record is at ${low}: ${low - offset} are gone`
        : `it ends at ${high}: it was cut or made anew`;
    const message = `reading must go on at offset ${offset} of ${splitId(where)}, but ${found}`;
    const { onOffsetOutOfRange } = this.options;
    if (onOffsetOutOfRange === 'fail') {
      throw new ConnectorError(
        'corrupt',
        `${this.client.subject}: ${message}. To go on nevertheless set onOffsetOutOfRange to earliest or latest.`,
      );
    }
    this.context.log?.(`warning: ${message}; goes on at the ${onOffsetOutOfRange} one`);
    return onOffsetOutOfRange === 'earliest' ? low : high;
  }
}
