/**
 * Which partition of its topic a message goes to.
 *
 * Invariants
 * - A message goes to the partition that it names; else one with a key to that which Kafka's own clients choose for it, and one without
 *   takes turns.
 */
import type { Message, PartitionerArgs } from 'kafkajs';
import { kafkajs } from './library.js';
import { murmur2 } from './murmur2.js';
import { assertTopics } from './partition-offsets.js';
import type { SinkClient } from './sink-client.js';

/** Kafka's way to a number that is not negative. */
const INT_MAX = 0x7fffffff;

export class TopicPartitions {
  readonly #partitionOf = kafkajs().Partitioners.DefaultPartitioner();

  private constructor(
    private readonly topic: string,
    private readonly partitions: PartitionerArgs['partitionMetadata'],
  ) {}

  /** Rejects with a ConnectorError where there is no such topic. */
  static find(client: SinkClient, topic: string): Promise<TopicPartitions> {
    return client.admin(async (admin) => {
      await assertTopics(admin, client.subject, [topic]);
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
      return new TopicPartitions(topic, found[0]?.partitions ?? []);
    });
  }

  of(message: Message): number {
    const { length } = this.partitions;
    const { partition, key } = message;
    if (partition !== undefined) return ((partition % length) + length) % length;
    if (typeof key === 'string') return (murmur2(Buffer.from(key)) & INT_MAX) % length;
    return this.#partitionOf({ topic: this.topic, partitionMetadata: this.partitions, message });
  }
}
