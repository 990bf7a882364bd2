/**
 * The messages of one topic in batches that can be sent: each with its partition, and none of them too large.
 *
 * Invariants
 * - A message goes to the partition that it names; else one with a key to that which Kafka's own clients choose for it, and one without
 *   takes turns.
 * - The partition is decided here, once: kafkajs decides it anew for each try, and a message that went to another partition
 *   would not be known again.
 */
import type { Message, PartitionerArgs } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { kafkajs } from './library.js';
import { bytesOf } from './outgoing-message.js';
import { assertTopics } from './partition-offsets.js';

/** A request holds one batch a partition, which the broker refuses above 1 MiB by default. */
const BATCH_BYTES = 512 * 1024;
const BATCH_MESSAGES = 2_000;

export class TopicMessages {
  readonly #partitionOf = kafkajs().Partitioners.DefaultPartitioner();

  private constructor(
    readonly topic: string,
    private readonly partitions: PartitionerArgs['partitionMetadata'],
  ) {}

  /** Rejects with a ConnectorError where there is no such topic. */
  static find(client: KafkaClient, topic: string): Promise<TopicMessages> {
    return client.admin(async (admin) => {
      await assertTopics(admin, client.subject, [topic]);
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
      return new TopicMessages(topic, found[0]?.partitions ?? []);
    });
  }

  async *batches(messages: AsyncIterable<Message> | Iterable<Message>): AsyncGenerator<Message[], void, void> {
    let batch: Message[] = [];
    let bytes = 0;
    for await (const message of messages) {
      const size = bytesOf(message);
      if (batch.length > 0 && (bytes + size > BATCH_BYTES || batch.length === BATCH_MESSAGES)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push({ ...message, partition: this.#partition(message) });
      bytes += size;
    }
    if (batch.length > 0) yield batch;
  }

  #partition(message: Message): number {
    const { length } = this.partitions;
    if (message.partition !== undefined) return ((message.partition % length) + length) % length;
    return this.#partitionOf({ topic: this.topic, partitionMetadata: this.partitions, message });
  }
}
