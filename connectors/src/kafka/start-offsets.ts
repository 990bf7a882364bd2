/** Where reading begins in partitions that no checkpoint knows. */
import type { Admin } from 'kafkajs';
import { ConnectorError } from '../api/index.js';
import { offsetOf, type PartitionRange } from './partition-offsets.js';
import type { KafkaSourceOptions } from './source-options.js';
import { byTopic, splitId } from './topic-partition.js';

/** Offsets by split, or what stands for those of all. */
export type Start =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'group'; readonly group: string }
  /** Epoch milliseconds. */
  | { readonly kind: 'timestamp'; readonly timestamp: number }
  | { readonly kind: 'offsets'; readonly offsets: Readonly<Record<string, number>> };

/** Throws a ConnectorError where the options say nothing that can be done. @param subject for messages */
export function startOf({ start = 'earliest', group }: KafkaSourceOptions, subject: string): Start {
  const invalid = (problem: string): ConnectorError => new ConnectorError('invalid-option', `${subject}: ${problem}`);
  if (typeof start === 'string') {
    if (start !== 'group-offsets') return { kind: start };
    if (group === undefined) throw invalid('start: group-offsets needs a group');
    return { kind: 'group', group };
  }
  const { timestamp, offsets } = start;
  if ((timestamp === undefined) === (offsets === undefined)) throw invalid('start takes either a timestamp or offsets');
  if (offsets !== undefined) return { kind: 'offsets', offsets };
  const time = /^\d+$/.test(timestamp!) ? Number(timestamp) : Date.parse(timestamp!);
  if (Number.isNaN(time)) throw invalid(`start.timestamp: ${timestamp} is no time such as 2026-01-31T12:00:00Z`);
  return { kind: 'timestamp', timestamp: time };
}

/** @returns an offset for each partition; what is not said, or is not there, is the first record's */
export async function startOffsets(
  admin: Admin,
  start: Start,
  ranges: readonly PartitionRange[],
): Promise<readonly number[]> {
  switch (start.kind) {
    case 'earliest':
      return ranges.map(({ low }) => low);
    case 'latest':
      return ranges.map(({ high }) => high);
    case 'offsets':
      return ranges.map((range) => start.offsets[splitId(range)] ?? range.low);
    case 'timestamp': {
      const found = await offsetsAt(admin, start.timestamp, ranges);
      return ranges.map((range) => found.get(splitId(range)) ?? range.high);
    }
    case 'group': {
      const found = await committedBy(admin, start.group, ranges);
      return ranges.map((range) => found.get(splitId(range)) ?? range.low);
    }
  }
}

/** Of the first records of that time or a later one, where there are any. */
async function offsetsAt(
  admin: Admin,
  timestamp: number,
  ranges: readonly PartitionRange[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const topic of byTopic(ranges).keys())
    for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, timestamp))
      if (offset !== NONE) found.set(splitId({ topic, partition }), offsetOf(offset, { topic, partition }));
  return found;
}

async function committedBy(
  admin: Admin,
  group: string,
  ranges: readonly PartitionRange[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { topic, partitions } of await admin.fetchOffsets({
    groupId: group,
    topics: [...byTopic(ranges).keys()],
  }))
    for (const { partition, offset } of partitions)
      if (offset !== NONE) found.set(splitId({ topic, partition }), offsetOf(offset, { topic, partition }));
  return found;
}

/** How Kafka says that there is no offset. */
const NONE = '-1';
