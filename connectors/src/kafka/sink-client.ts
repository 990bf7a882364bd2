/** What a sink asks of a cluster, as narrow as it can be: the simulator has a cluster of its own behind it. */
import type { Admin, Producer, ProducerConfig, Transaction } from 'kafkajs';

export type SinkTransaction = Pick<Transaction, 'send' | 'sendOffsets' | 'commit' | 'abort'>;

export interface SinkProducer extends Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  /** Only the first of a producer tells Kafka that its transactional id has a new owner. */
  transaction(): Promise<SinkTransaction>;
}

export type SinkAdmin = Pick<Admin, 'fetchOffsets' | 'fetchTopicMetadata' | 'listTopics'>;

/** The producer's id as Kafka has given it, and the epoch of who has the transactional id now. */
interface ProducerName {
  readonly producerId: unknown;
  readonly producerEpoch: number;
}

/** Who has a transactional id. */
export type IdOwner = ProducerName & { readonly transactionalId: string };

/** What a coordinator of transactions is asked that no producer of kafkajs asks by itself. */
export interface CoordinatorRequests {
  initProducerId(of: { readonly transactionalId: string; readonly transactionTimeout: number }): Promise<ProducerName>;
  addOffsetsToTxn(of: IdOwner & { readonly groupId: string }): Promise<unknown>;
  addPartitionsToTxn(
    of: IdOwner & { readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] },
  ): Promise<unknown>;
  endTxn(of: IdOwner & { readonly transactionResult: boolean }): Promise<unknown>;
}

/** Errors are kafkajs's, or look like them: they are told apart by their names and types. */
export interface SinkClient {
  /** For messages. */
  readonly subject: string;
  producer(config?: ProducerConfig): SinkProducer;
  /** Rejects with a ConnectorError. */
  admin<T>(work: (admin: SinkAdmin) => Promise<T>): Promise<T>;
  /** Works with who coordinates the transactions of an id. Rejects with an operating error. */
  coordinator<T>(id: string, work: (coordinator: CoordinatorRequests) => Promise<T>): Promise<T>;
  pause(ms: number): Promise<void>;
  /** What the client threw, as an operating error. */
  error(cause: unknown): Error;
}
