/**
 * Which partition of its topic a message goes to.
 *
 * Invariants
 * - A message goes to the partition that it names; else one with a key to that which Kafka's own clients choose for it, and one without
 *   takes turns.
 */
import type { Message, PartitionerArgs } from 'kafkajs';
import { kafkajs } from './library.js';
import { assertTopics } from './partition-offsets.js';
import type { SinkClient } from './sink-client.js';

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
    if (message.partition !== undefined) return ((message.partition % length) + length) % length;
    return this.#partitionOf({ topic: this.topic, partitionMetadata: this.partitions, message });
  }
}
