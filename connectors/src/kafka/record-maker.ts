/**
 * Makes records of Kafka's messages: the value as text, which the format decodes later; or, where fields are asked for that
 * stand beside the value, the decoded record with these added.
 */
import type { Format } from '../api/index.js';
import type { FetchedRecord } from './fetched/fetched-record.js';
import { MessageChunk, type FieldNames } from './message-chunk.js';
import type { TopicPartition } from './topic-partition.js';

export class RecordMaker {
  constructor(
    private readonly format: Format,
    private readonly names: FieldNames | undefined,
  ) {}

  /** To be awaited before these are added. Rejects with a ConnectorError. */
  async prepare(messages: readonly FetchedRecord[]): Promise<void> {
    const { format } = this;
    if (format.prepare === undefined) return;
    await Promise.all(messages.map(({ value }) => (value === null ? undefined : format.prepare!(value))));
  }

  begin(where: TopicPartition): MessageChunk {
    return new MessageChunk(where, this.format, this.names);
  }
}
