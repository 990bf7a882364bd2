/**
 * kafkajs, as the sink's committer knows it, over the simulated broker: what it tries again and what it does not, and what state a
 * producer is in afterwards, are kafkajs's.
 *
 * Invariants
 * - Only a producer's first transaction initialises its transactional id.
 * - A batch of several partitions that is tried again may be there twice: what is under way of it gets new sequence numbers. The end
 *   of a transaction is asked for once. A producer whose end failed begins no other transaction.
 */
import {
  kafkaError,
  type CoordinatorRequests,
  type IdOwner,
  type SinkAdmin,
  type SinkClient,
  type SinkProducer,
} from '@tidegate/connectors/kafka';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { Broker } from './broker.js';
import type { BrokerAnswer, BrokerErrorCode, BrokerRequest } from './broker-request.js';
import { SimulatedProducer } from './simulated-producer.js';

export interface TopicShape {
  readonly topic: string;
  readonly partitions: number;
}

const RETRY_MS = 7;
const TRIES_MAX = 40;
/** What kafkajs calls retriable. */
const RETRIABLE: readonly BrokerErrorCode[] = ['CONCURRENT_TRANSACTIONS', 'GROUP_LOAD_IN_PROGRESS'];

type Answered = Extract<BrokerAnswer, { readonly ok: true }>;

export class SimulatedKafkaClient implements SinkClient {
  readonly subject = 'egress out';

  constructor(
    private readonly broker: Broker,
    private readonly process: SimulatedProcess,
    private readonly topics: readonly TopicShape[],
  ) {}

  producer(config: Parameters<SinkClient['producer']>[0] = {}): SinkProducer {
    return new SimulatedProducer(this, {
      id: config.transactionalId ?? '',
      timeoutMs: config.transactionTimeout ?? 0,
      triesBatchesAgain: config.retry?.retries !== 0,
    });
  }

  async admin<T>(work: (admin: SinkAdmin) => Promise<T>): Promise<T> {
    const admin: SinkAdmin = {
      listTopics: async () => this.topics.map(({ topic }) => topic),
      fetchTopicMetadata: async ({ topics: names = [] } = { topics: [] }) => ({
        topics: this.topics.filter(({ topic }) => names.includes(topic)).map(metadataOf),
      }),
      fetchOffsets: async ({ groupId, topics = [] }) => {
        const { offsets } = await this.ask({ op: 'fetch-offsets', group: groupId }, RETRIABLE);
        return topics.map((topic) => ({
          topic,
          partitions: [{ partition: 0, offset: String(offsets!.get(topic) ?? -1), metadata: null }],
        }));
      },
    };
    try {
      return await work(admin);
    } catch (error) {
      throw this.error(error);
    }
  }

  async coordinator<T>(_: string, work: (coordinator: CoordinatorRequests) => Promise<T>): Promise<T> {
    try {
      return await work({
        initProducerId: async ({ transactionalId: id, transactionTimeout: timeoutMs }) => ({
          producerId: id,
          producerEpoch: (await this.ask({ op: 'init-producer', id, timeoutMs })).value!,
        }),
        addOffsetsToTxn: ({ groupId: group, ...owner }) => this.ask({ op: 'add-offsets', ...named(owner), group }),
        addPartitionsToTxn: ({ topics, ...owner }) =>
          this.ask({ op: 'add-partitions', ...named(owner), partitions: topics.flatMap(partitionsOf) }),
        endTxn: ({ transactionResult: commit, ...owner }) =>
          this.ask({ op: 'end-transaction', ...named(owner), commit }),
      });
    } catch (error) {
      throw this.error(error);
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.process.schedule(ms, () => resolve());
    });
  }

  error(cause: unknown): Error {
    return kafkaError(this.subject, cause);
  }

  /** @param again upon which answers it is asked again, a while; rejects as kafkajs does */
  async ask(request: BrokerRequest, again: readonly BrokerErrorCode[] = []): Promise<Answered> {
    for (let tries = 1; ; tries++) {
      const answer = await new Promise<BrokerAnswer>((resolve) => this.broker.request(this.process, request, resolve));
      if (answer.ok) return answer;
      if (!again.includes(answer.code) || tries === TRIES_MAX) throw errorOf(request, answer.code);
      await this.pause(RETRY_MS);
    }
  }
}

function errorOf({ op }: BrokerRequest, code: BrokerErrorCode): Error {
  const error = new Error(`${op}: ${code}`);
  if (code === 'disconnected') return Object.assign(error, { name: 'KafkaJSConnectionError' });
  const retriable = RETRIABLE.includes(code);
  return Object.assign(error, { name: 'KafkaJSProtocolError', type: code, retriable });
}

function named({ transactionalId: id, producerEpoch: epoch }: IdOwner): {
  readonly id: string;
  readonly epoch: number;
} {
  return { id, epoch };
}

/** As the broker calls them. */
function partitionsOf({
  topic,
  partitions,
}: {
  readonly topic: string;
  readonly partitions: readonly number[];
}): string[] {
  return partitions.map((partition) => `${topic}/${partition}`);
}

function metadataOf({ topic, partitions }: TopicShape) {
  const one = { partitionErrorCode: 0, leader: 0, replicas: [0], isr: [0] };
  return { name: topic, partitions: Array.from({ length: partitions }, (_, partitionId) => ({ ...one, partitionId })) };
}
