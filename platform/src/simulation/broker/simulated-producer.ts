/** A transactional producer as kafkajs has it (`simulated-kafka-client.ts`). */
import type { SinkProducer, SinkTransaction } from '@tidegate/connectors/kafka';
import type { SimulatedKafkaClient } from './simulated-kafka-client.js';
import type { BrokerErrorCode } from './broker-request.js';

export interface SimulatedProducerOptions {
  /** The transactional id. */
  readonly id: string;
  readonly timeoutMs: number;
  readonly triesBatchesAgain: boolean;
}

const BATCH_TRIES = 5;
const BATCH_PAUSE_MS = 7;
const ON_INIT: readonly BrokerErrorCode[] = ['CONCURRENT_TRANSACTIONS', 'GROUP_LOAD_IN_PROGRESS'];
const ON_OFFSETS: readonly BrokerErrorCode[] = ['GROUP_LOAD_IN_PROGRESS'];

type State = 'ready' | 'in-transaction' | 'ending';

export class SimulatedProducer implements SinkProducer {
  #epoch: number | undefined;
  #state: State = 'ready';
  /** Of the transaction. */
  #partitions = new Set<string>();
  #hasOffsets = false;
  /** Of the next record, by partition. */
  readonly #sequences = new Map<string, number>();

  constructor(
    private readonly client: SimulatedKafkaClient,
    private readonly options: SimulatedProducerOptions,
  ) {}

  async connect(): Promise<void> {
    // The broker learns of a producer with its first request.
  }

  async disconnect(): Promise<void> {
    // The broker does not learn that it is gone.
  }

  send(): never {
    throw new Error('what is simulated is written in transactions only');
  }

  async transaction(): Promise<SinkTransaction> {
    if (this.#epoch === undefined) {
      const { id, timeoutMs } = this.options;
      const request = { op: 'init-producer', id, timeoutMs } as const;
      this.#epoch = (await this.client.ask(request, ON_INIT)).value!;
    }
    this.#become('ready', 'in-transaction');
    this.#partitions = new Set();
    this.#hasOffsets = false;
    return {
      send: (record) => this.#send(record),
      sendOffsets: (offsets) => this.#sendOffsets(offsets),
      commit: () => this.#end(true),
      abort: () => this.#end(false),
    };
  }

  async #send(record: Parameters<SinkTransaction['send']>[0]): Promise<[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#sendOnce(record);
      } catch (error) {
        if (!this.options.triesBatchesAgain || tries === BATCH_TRIES) throw error;
      }
      await this.client.pause(BATCH_PAUSE_MS);
    }
  }

  async #sendOnce({ topic, messages }: Parameters<SinkTransaction['send']>[0]): Promise<[]> {
    const byPartition = new Map<string, string[]>();
    for (const { partition, value } of messages) {
      const name = `${topic}/${partition}`;
      const values = byPartition.get(name);
      if (values === undefined) byPartition.set(name, [String(value)]);
      else values.push(String(value));
    }
    const producer = this.#producer;
    // One request a partition, as if each had another leader; the first that fails is told at once.
    await Promise.all(
      [...byPartition].map(async ([partition, records]) => {
        if (!this.#partitions.has(partition))
          await this.client.ask({ op: 'add-partitions', ...producer, partitions: [partition] });
        this.#partitions.add(partition);
        const sequence = this.#sequences.get(partition) ?? 0;
        this.#sequences.set(partition, sequence + records.length);
        try {
          await this.client.ask({ op: 'produce', ...producer, partition, sequence, records });
        } catch (error) {
          this.#sequences.set(partition, this.#sequences.get(partition)! - records.length);
          throw error;
        }
      }),
    );
    return [];
  }

  async #sendOffsets({ consumerGroupId: group, topics }: Parameters<SinkTransaction['sendOffsets']>[0]): Promise<void> {
    await this.client.ask({ op: 'add-offsets', ...this.#producer, group });
    this.#hasOffsets = true;
    for (const { topic, partitions } of topics)
      for (const { offset } of partitions)
        await this.client.ask(
          { op: 'commit-offset', ...this.#producer, group, topic, offset: Number(offset) },
          ON_OFFSETS,
        );
  }

  async #end(commit: boolean): Promise<void> {
    this.#become('in-transaction', 'ending');
    if (this.#hasOffsets || this.#partitions.size > 0)
      await this.client.ask({ op: 'end-transaction', ...this.#producer, commit });
    this.#become('ending', 'ready');
  }

  get #producer(): { readonly id: string; readonly epoch: number } {
    return { id: this.options.id, epoch: this.#epoch! };
  }

  #become(from: State, to: State): void {
    if (this.#state !== from) {
      const message = `Transaction state exception: Cannot become ${to} in state ${this.#state}`;
      throw Object.assign(new Error(message), { name: 'KafkaJSNonRetriableError' });
    }
    this.#state = to;
  }
}
