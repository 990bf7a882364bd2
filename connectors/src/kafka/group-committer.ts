/**
 * Tells a consumer group the positions of complete checkpoints, for tools that show how far behind a group is. kafkajs commits
 * offsets of a group only as its member, or in a transaction: this one is nothing but that.
 *
 * Invariants
 * - Nothing depends on it: what fails is told once, and the next checkpoint's positions are tried.
 * - One commit at a time; of those that wait only the latest counts.
 */
import type { Producer } from 'kafkajs';
import type { ConnectorContext, SourceSplit } from '../api/index.js';
import type { KafkaClient } from './client.js';
import { randomName } from '../staging/random-name.js';
import { sendOffsets } from './send-offsets.js';
import { byTopic, parseSplitId } from './topic-partition.js';

export class GroupCommitter {
  #producer: Producer | undefined;
  #waiting: readonly SourceSplit[] | undefined;
  #working: Promise<void> | undefined;
  #hasFailed = false;

  constructor(
    private readonly client: KafkaClient,
    private readonly group: string,
    private readonly context: ConnectorContext,
  ) {}

  commit(splits: readonly SourceSplit[]): void {
    this.#waiting = splits;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async close(): Promise<void> {
    await this.#working;
    await this.#producer?.disconnect();
  }

  async #work(): Promise<void> {
    for (let splits = this.#waiting; splits !== undefined; splits = this.#waiting) {
      this.#waiting = undefined;
      try {
        await this.#send(splits);
        this.#hasFailed = false;
      } catch (error) {
        await this.#producer?.disconnect().catch(() => undefined);
        this.#producer = undefined;
        if (!this.#hasFailed)
          this.context.log?.(
            `warning: positions of group ${this.group} are not committed: ${this.client.error(error).message}`,
          );
        this.#hasFailed = true;
      }
    }
  }

  async #send(splits: readonly SourceSplit[]): Promise<void> {
    const positions = splits.flatMap(({ id, offset }) =>
      offset === undefined ? [] : [{ ...parseSplitId(id), offset: String(offset) }],
    );
    if (positions.length === 0) return;
    this.#producer ??= await this.#connect();
    const transaction = await this.#producer.transaction();
    const topics = [...byTopic(positions)].map(([topic, partitions]) => ({ topic, partitions }));
    await sendOffsets(transaction, { consumerGroupId: this.group, topics }, this.client);
    await transaction.commit();
  }

  async #connect(): Promise<Producer> {
    const id = randomName(() => this.context.random());
    const producer = this.client.producer({ transactionalId: `tidegate-offsets-${this.group}-${id}` });
    await producer.connect();
    return producer;
  }
}
