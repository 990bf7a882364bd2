/**
 * The topics that an egress writes to, and their messages in batches that can be sent: each with its partition, and none of them too
 * large.
 *
 * Invariants
 * - Messages of one topic stay in their order.
 * - The partition is decided here, once: kafkajs decides it anew for each try, and a message that went to another partition
 *   would not be known again.
 */
import type { Message } from 'kafkajs';
import { ConnectorError } from '../api/index.js';
import { bytesOf, type AddressedMessage } from './outgoing-message.js';
import type { SinkClient } from './sink-client.js';
import { TopicPartitions } from './topic-partitions.js';

/** A request holds one batch a partition, which the broker refuses above 1 MiB by default. */
const BATCH_BYTES = 512 * 1024;
const BATCH_MESSAGES = 2_000;

/** What goes out in one request. */
export interface TopicBatch {
  readonly topic: string;
  readonly messages: Message[];
}

export class OutgoingTopics {
  readonly #found = new Map<string, Promise<TopicPartitions>>();

  constructor(private readonly client: SinkClient) {}

  /** Rejects with a ConnectorError where there is no such topic. */
  find(topic: string): Promise<TopicPartitions> {
    let found = this.#found.get(topic);
    if (found === undefined) this.#found.set(topic, (found = this.#find(topic)));
    return found;
  }

  /** @param parts messages, a few at once; each is told its partition */
  async *batches(
    parts: AsyncIterable<readonly AddressedMessage[]> | Iterable<readonly AddressedMessage[]>,
  ): AsyncGenerator<TopicBatch, void, void> {
    const open = new Map<string, { readonly messages: Message[]; bytes: number; readonly of: TopicPartitions }>();
    for await (const part of parts)
      for (const { topic, message } of part) {
        const size = bytesOf(message);
        let batch = open.get(topic);
        if (batch === undefined || batch.bytes + size > BATCH_BYTES || batch.messages.length === BATCH_MESSAGES) {
          if (batch !== undefined) yield { topic, messages: batch.messages };
          open.set(topic, (batch = { messages: [], bytes: 0, of: batch?.of ?? (await this.find(topic)) }));
        }
        message.partition = batch.of.of(message);
        batch.messages.push(message);
        batch.bytes += size;
      }
    for (const [topic, { messages: rest }] of open) yield { topic, messages: rest };
  }

  #find(topic: string): Promise<TopicPartitions> {
    if (topic !== '') return TopicPartitions.find(this.client, topic);
    return Promise.reject(new ConnectorError('refused', `${this.client.subject}: a record names no topic`));
  }
}
