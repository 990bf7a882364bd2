/** A partition of a topic and its name as a split: the topic, `-`, the number, as Kafka names its folders. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function splitId({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

export function parseSplitId(id: string): TopicPartition {
  const dash = id.lastIndexOf('-');
  return { topic: id.slice(0, dash), partition: Number(id.slice(dash + 1)) };
}

/** Partitions by topic. */
export function byTopic<T extends TopicPartition>(partitions: Iterable<T>): Map<string, T[]> {
  const topics = new Map<string, T[]>();
  for (const each of partitions) {
    const known = topics.get(each.topic);
    if (known === undefined) topics.set(each.topic, [each]);
    else known.push(each);
  }
  return topics;
}
