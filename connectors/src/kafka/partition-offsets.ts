/** What a cluster says of the offsets of partitions. */
import type { Admin } from 'kafkajs';
import { ConnectorError } from '../api/index.js';
import { splitId, type TopicPartition } from './topic-partition.js';

/** Records lie from `low` to before `high`. */
export interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

export interface PartitionRange extends TopicPartition, OffsetRange {}

/** All partitions of the topics. Throws a ConnectorError where there is no such topic. */
export async function partitionRanges(
  admin: Admin,
  subject: string,
  topics: Iterable<string>,
): Promise<PartitionRange[]> {
  const wanted = [...topics];
  await assertTopics(admin, subject, wanted);
  const ranges = await Promise.all(wanted.map((topic) => rangesOf(admin, topic)));
  return ranges.flat();
}

async function rangesOf(admin: Admin, topic: string): Promise<PartitionRange[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({
      topic,
      partition,
      low: offsetOf(low, { topic, partition }),
      high: offsetOf(high, { topic, partition }),
    }))
    .sort((left, right) => left.partition - right.partition);
}

/** To be asked first: what kafkajs asks of a topic that is not there makes it. @param subject for messages */
export async function assertTopics(
  admin: Pick<Admin, 'listTopics'>,
  subject: string,
  topics: readonly string[],
): Promise<void> {
  const known = await admin.listTopics();
  const missing = topics.find((topic) => !known.includes(topic));
  if (missing === undefined) return;
  throw new ConnectorError('not-found', `${subject}: there is no topic ${missing}; create it, or correct the name`);
}

/** Kafka's offsets have 64 bits; those of a split have 53, which are used up after nine million years at a billion a day. */
export function offsetOf(text: string, where: TopicPartition): number {
  const offset = Number(text);
  if (Number.isSafeInteger(offset)) return offset;
  throw new ConnectorError('corrupt', `${splitId(where)}: the offset ${text} is beyond what can be counted`);
}
