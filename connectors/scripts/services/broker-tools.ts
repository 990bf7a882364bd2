/** What tests do with brokers beside what they test: topics, records, and what a reader of committed data finds. */
import type { Admin, Kafka, Message } from 'kafkajs';
import { kafkajs } from '../../src/kafka/library.js';

export interface BrokerTools {
  readonly brokers: string;
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** A new topic. @returns its name */
  createTopic(partitions: number): Promise<string>;
  /** Resolves when they are known: kafkajs drops records for a partition that it has not heard of, without a word. @param count of all */
  addPartitions(topic: string, count: number): Promise<void>;
  produce(topic: string, messages: readonly Message[]): Promise<void>;
  /** All that is committed, by partition. */
  committed(topic: string): Promise<CommittedMessage[]>;
  close(): Promise<void>;
}

export interface CommittedMessage {
  readonly partition: number;
  readonly offset: number;
  /** As Kafka has it, epoch milliseconds. */
  readonly timestamp: number;
  readonly key: string | undefined;
  readonly value: string;
  readonly id: string | undefined;
  /** As text. */
  readonly headers: Readonly<Record<string, string>>;
}

const SILENT = 0;
const MARK = 'mark-';
let topics = 0;

/** @param brokers addresses, separated by commas */
export async function connectBrokers(brokers: string): Promise<BrokerTools> {
  const { Kafka: Client } = kafkajs();
  const kafka = new Client({
    brokers: brokers.split(','),
    logLevel: SILENT,
    retry: { retries: 30, initialRetryTime: 50 },
  });
  const admin = kafka.admin();
  await admin.connect();
  // A broker takes clients before it knows who makes topics.
  await until(async () => (await admin.describeCluster()).controller !== null);
  /** What was just made is not known everywhere. */
  const known = (topic: string, partitions: number): Promise<void> =>
    until(async () => (await admin.fetchTopicOffsets(topic).catch(() => [])).length === partitions);
  return {
    brokers,
    kafka,
    admin,
    createTopic: async (numPartitions) => {
      const topic = `topic-${process.pid}-${topics++}`;
      await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false });
      await known(topic, numPartitions);
      return topic;
    },
    addPartitions: async (topic, count) => {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
      await known(topic, count);
    },
    produce: async (topic, messages) => {
      const producer = kafka.producer();
      await producer.connect();
      await producer.send({ topic, messages: [...messages] });
      await producer.disconnect();
    },
    committed: (topic) => readCommitted(kafka, admin, topic),
    close: () => admin.disconnect(),
  };
}

/** Puts a mark into each partition and reads up to it: through whatever transactions are open, as they end. */
async function readCommitted(kafka: Kafka, admin: Admin, topic: string): Promise<CommittedMessage[]> {
  const mark = `${MARK}${topics++}`;
  const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: mark, value: '' })) });
  await producer.disconnect();
  const found: CommittedMessage[] = [];
  let marks = 0;
  const consumer = kafka.consumer({ groupId: `verifier-${mark}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const { offset, timestamp, key, value, headers } of messages) {
        const text = key?.toString();
        if (text === mark) marks++;
        if (text?.startsWith(MARK) === true) continue;
        const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, of]) => [name, String(of)]));
        found.push({
          ...{ partition, offset: Number(offset), timestamp: Number(timestamp), key: text, value: String(value) },
          ...{ id: texts['id'], headers: texts },
        });
      }
    },
  });
  await until(async () => marks >= partitions.length);
  await consumer.disconnect();
  return found;
}

const PATIENCE_MS = 120_000;

/** Resolves when it holds; rejects when it never does. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`this did not hold within ${PATIENCE_MS} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
