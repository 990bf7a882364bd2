/**
 * One line of epochs into a topic, each sent in one transaction together with its number: the marker, a committed offset of a
 * group that has no members. So whether an epoch was sent is decided by Kafka alone, and a transaction is never resumed: none
 * can be lost to a timeout, and none stays open while a job is down.
 *
 * Invariants
 * - The predecessor's transaction is aborted, and it is fenced, before the marker is read.
 * - A marker is read only then: straight behind a commit Kafka may still give the one before.
 * - After a failure the producer is thrown away, and the line is begun anew: what became of the transaction is decided by
 *   the marker.
 */
import type { Message, Producer, Transaction } from 'kafkajs';
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import type { KafkaClient } from './client.js';
import { typeOf } from './kafka-error.js';
import { offsetOf } from './partition-offsets.js';
import { compressionOf, type KafkaSinkOptions } from './sink-options.js';
import type { TopicMessages } from './topic-messages.js';

/** The partition that markers are committed for: every topic has it. */
const MARKER_PARTITION = 0;
const CONCURRENT_PAUSE_MS = 20;
const CONCURRENT_TRIES = 500;

export interface TransactionLineOptions {
  /** The transactional id, and the name of the marker's group. */
  readonly id: string;
  readonly client: KafkaClient;
  readonly options: KafkaSinkOptions;
  readonly topic: string;
  readonly context: ConnectorContext;
}

export class TransactionLine {
  readonly id: string;
  #producer: Producer | undefined;
  #marker = 0;

  constructor(private readonly parts: TransactionLineOptions) {
    this.id = parts.id;
  }

  /**
   * Fences whoever had the line before, aborts what is open, and reads the marker.
   * @returns the last epoch that was committed; 0 where nobody knows of any
   */
  async open(): Promise<number> {
    await this.close();
    const { client, options } = this.parts;
    const producer = client.producer({
      transactionalId: this.id,
      transactionTimeout: options.transactionTimeout,
    });
    this.#producer = producer;
    try {
      await producer.connect();
      // This, and nothing before it, tells Kafka that the id has a new owner.
      await (await producer.transaction()).abort();
      this.#marker = await this.#readMarker();
      return this.#marker;
    } catch (error) {
      await this.close();
      throw this.#explained(error);
    }
  }

  /** The last epoch that is known to be committed. */
  get marker(): number {
    return this.#marker;
  }

  /**
   * Sends an epoch, unless that was done. Rejects with a ConnectorError; the line is then begun anew by the next call.
   * @param messages read once
   */
  async send(epoch: number, messages: AsyncIterable<Message>, topic: TopicMessages): Promise<void> {
    if (this.#producer === undefined) await this.open();
    if (epoch <= this.#marker) return;
    const { failpoint } = this.parts.context;
    const compression = compressionOf(this.parts.options);
    try {
      const transaction = await this.#producer!.transaction();
      for await (const batch of topic.batches(messages)) {
        await transaction.send({ topic: topic.topic, messages: batch, acks: -1, compression });
        failpoint?.('kafkaSink.midTransaction');
      }
      await this.#mark(transaction, topic.topic, epoch);
      failpoint?.('kafkaSink.beforeEndTransaction');
      await transaction.commit();
      this.#marker = epoch;
      failpoint?.('kafkaSink.afterEndTransaction');
    } catch (error) {
      await this.close();
      throw this.#explained(error);
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect();
  }

  /** Straight behind another transaction Kafka may ask to come again, which kafkajs does not heed for this request. */
  async #mark(transaction: Transaction, topic: string, epoch: number): Promise<void> {
    const partitions = [{ partition: MARKER_PARTITION, offset: String(epoch) }];
    for (let tries = 1; ; tries++) {
      try {
        return await transaction.sendOffsets({ consumerGroupId: this.id, topics: [{ topic, partitions }] });
      } catch (error) {
        if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS' || tries === CONCURRENT_TRIES) throw error;
        await this.parts.client.pause(CONCURRENT_PAUSE_MS);
      }
    }
  }

  async #readMarker(): Promise<number> {
    const { client, topic } = this.parts;
    const found = await client.admin((admin) => admin.fetchOffsets({ groupId: this.id, topics: [topic] }));
    const partition = found[0]?.partitions.find((each) => each.partition === MARKER_PARTITION);
    return Math.max(0, offsetOf(partition?.offset ?? '-1', { topic, partition: MARKER_PARTITION }));
  }

  #explained(error: unknown): Error {
    if (typeOf(error) !== 'INVALID_TRANSACTION_TIMEOUT') return this.parts.client.error(error);
    return new ConnectorError(
      'invalid-option',
      `${this.parts.client.subject}: transactionTimeout is longer than the broker allows (transaction.max.timeout.ms); make it shorter`,
      { cause: error },
    );
  }
}
