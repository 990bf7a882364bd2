/**
 * Reads given partitions from given offsets, by a kafkajs consumer in a group of its own: kafkajs has no other way to read, so
 * the group has one member, which assigns itself what it is to read, and commits nothing.
 *
 * Invariants
 * - A partition's records are handed over in order, each once: whenever the consumer joins its group anew (also by itself,
 *   after a lost connection) it is sent back to where reading stands before it fetches anything.
 * - What was fetched and is not taken yet is bounded: a partition whose output has no room is not fetched.
 * - Records of transactions that were aborted, or are open, are not read.
 */
import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import type { KafkaClient } from './client.js';
import type { FetchedRecord } from './fetched/fetched-record.js';
import { kafkajs } from './library.js';
import type { PartitionReading } from './partition-reading.js';
import { byTopic, splitId, type TopicPartition } from './topic-partition.js';

/** While nothing is to be fetched kafkajs sleeps for so long: so late it notices that there is room again. */
const MAX_WAIT_MS = 50;
const MAX_BYTES_A_PARTITION = 512 * 1024;
const SESSION_TIMEOUT_MS = 30_000;

export class PartitionConsumer {
  readonly #readings: ReadonlyMap<string, PartitionReading>;
  readonly #consumer: Consumer;
  #stopping: Promise<void> | undefined;

  /** @param group nobody else's */
  constructor(
    private readonly client: KafkaClient,
    group: string,
    readings: readonly PartitionReading[],
  ) {
    this.#readings = new Map(readings.map((reading) => [splitId(reading), reading]));
    this.#consumer = client.consumer({
      groupId: group,
      partitionAssigners: [assigning(readings)],
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_A_PARTITION,
      sessionTimeout: SESSION_TIMEOUT_MS,
    });
  }

  /** Resolves when it reads. Later failures are told to the readings. */
  async start(): Promise<void> {
    const consumer = this.#consumer;
    try {
      await consumer.connect();
      let [hasJoined, crash]: [boolean, Error | undefined] = [false, undefined];
      consumer.on(consumer.events.GROUP_JOIN, () => {
        hasJoined = true;
        this.#seek();
      });
      // Of what was aborted, and of control records, nothing else is told.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (payload.batchSize === 0) this.#readings.get(splitId(payload))?.passed(payload.lastOffset);
      });
      consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
        if (restart) return;
        if (hasJoined) this.#fail(error);
        else crash = error;
      });
      await consumer.subscribe({ topics: [...byTopic(this.#readings.values()).keys()], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#accept(payload),
      });
      // It gives up without a word where it finds nobody who coordinates its group.
      if (crash !== undefined) throw crash as Error;
    } catch (error) {
      await this.stop();
      throw this.client.error(error);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#consumer.disconnect();
    return this.#stopping;
  }

  /** Called synchronously when the group was joined, before the first fetch. */
  #seek(): void {
    for (const { topic, partition, position } of this.#readings.values())
      this.#consumer.seek({ topic, partition, offset: String(position) });
  }

  async #accept({ batch, isRunning, isStale, resolveOffset, pause }: EachBatchPayload): Promise<void> {
    const reading = this.#readings.get(splitId(batch));
    // What was fetched before a seek is fetched again behind it.
    if (reading === undefined || !isRunning() || isStale()) return;
    const resume = pause();
    try {
      // What `library.ts` has put into the place of kafkajs's.
      await reading.accept(batch.messages as unknown as readonly FetchedRecord[]);
    } catch (error) {
      return this.#fail(error);
    }
    reading.passed(batch.lastOffset());
    resolveOffset(batch.lastOffset());
    void reading.wantsMore().then((wantsMore) => {
      if (wantsMore) resume();
    });
  }

  #fail(error: unknown): void {
    for (const reading of this.#readings.values()) reading.fail(this.client.error(error));
  }
}

/** The group's only member takes just these. */
function assigning(partitions: readonly TopicPartition[]): PartitionAssigner {
  const assignment = Object.fromEntries(
    [...byTopic(partitions)].map(([topic, of]) => [topic, of.map(({ partition }) => partition)]),
  );
  const none = Buffer.alloc(0);
  const { MemberAssignment, MemberMetadata } = kafkajs().AssignerProtocol;
  return () => ({
    name: 'tidegate',
    version: 1,
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: none }),
      })),
    protocol: ({ topics }) => ({
      name: 'tidegate',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: none }),
    }),
  });
}
