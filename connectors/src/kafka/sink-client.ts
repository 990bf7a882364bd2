/** What a sink asks of a cluster, as narrow as it can be: the simulator has a cluster of its own behind it. */
import type { Admin, Producer, ProducerConfig, Transaction } from 'kafkajs';

export type SinkTransaction = Pick<Transaction, 'send' | 'sendOffsets' | 'commit' | 'abort'>;

export interface SinkProducer extends Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  /** Only the first of a producer tells Kafka that its transactional id has a new owner. */
  transaction(): Promise<SinkTransaction>;
}

export type SinkAdmin = Pick<Admin, 'fetchOffsets' | 'fetchTopicMetadata' | 'listTopics'>;

/** Errors are kafkajs's, or look like them: they are told apart by their names and types. */
export interface SinkClient {
  /** For messages. */
  readonly subject: string;
  producer(config?: ProducerConfig): SinkProducer;
  /** Rejects with a ConnectorError. */
  admin<T>(work: (admin: SinkAdmin) => Promise<T>): Promise<T>;
  pause(ms: number): Promise<void>;
  /** What the client threw, as an operating error. */
  error(cause: unknown): Error;
}
