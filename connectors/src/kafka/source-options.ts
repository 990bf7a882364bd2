/** The options of the source `kafka`. */
import { fields, type ConfigOf } from '../api/index.js';
import { clientOptions } from './client.js';

export const sourceOptions = fields({
  ...clientOptions,
  topics: {
    type: 'choice',
    required: true,
    description: 'The topic, or several. Each of their partitions is a split; their order is kept.',
    scalar: { type: 'string', description: 'A topic; it must be there.' },
    list: { type: 'list', of: { type: 'string', description: 'A topic; it must be there.' }, description: 'Topics.' },
    map: {
      type: 'object',
      description: 'All topics whose names follow a pattern; new ones are found while the job runs.',
      example: { pattern: 'payments-.*' },
      fields: fields({
        pattern: {
          type: 'string',
          required: true,
          description: 'A regular expression (RE2) that the whole name matches. Internal topics are never read.',
        },
      }),
    },
  },
  start: {
    type: 'choice',
    description:
      'Where reading begins in a partition that no checkpoint knows; by default earliest. Partitions that are added later are read from their first record.',
    scalar: {
      type: 'string',
      enum: ['earliest', 'latest', 'group-offsets'],
      description:
        'At its first record, behind its last one, or where the group has committed (at its first record where it has not).',
    },
    map: {
      type: 'object',
      description: 'At a time, or at given offsets.',
      fields: fields({
        timestamp: {
          type: 'string',
          description:
            "At the first record with this timestamp (Kafka's) or a later one: ISO 8601 with a zone, or epoch milliseconds; behind the last record where there is none.",
          example: '2026-01-31T12:00:00Z',
        },
        offsets: {
          type: 'map',
          of: { type: 'integer', minimum: 0, description: 'The offset of the first record to read.' },
          description: 'By topic and partition; those that are not named begin at their first record.',
          example: { 'payments-0': 1200, 'payments-1': 1180 },
        },
      }),
    },
  },
  end: {
    type: 'string',
    enum: ['never', 'latest'],
    default: 'never',
    description:
      'With latest each partition is read up to where it ended when it was found: the run then ends. With never it goes on until the run is stopped.',
  },
  group: {
    type: 'string',
    description:
      'A consumer group to which positions are committed with each checkpoint, for tools that show the lag and for start: group-offsets. Exactly-once does not rest on it: a run goes on where its checkpoint is.',
  },
  onOffsetOutOfRange: {
    type: 'string',
    enum: ['fail', 'earliest', 'latest'],
    default: 'fail',
    description:
      'What happens when the records at which reading must go on are gone (retention, a topic made anew): fail stops the job and says how many are lost; earliest or latest goes on there, and says so.',
  },
  discovery: {
    type: 'duration',
    default: '30s',
    description: 'How often new partitions are looked for.',
  },
  fields: {
    type: 'object',
    description:
      'What Kafka knows of a record besides its value (key, timestamp, topic, partition, offset, headers), as fields of the record: each with the name to give it.',
    example: { key: 'cardId', timestamp: 'sentAt', headers: { 'x-source': 'source' } },
    fields: fields({
      key: { type: 'string', description: 'The key, as text; absent where there is none.' },
      timestamp: { type: 'string', description: 'The timestamp, in epoch milliseconds.' },
      topic: { type: 'string', description: 'The topic.' },
      partition: { type: 'string', description: "The partition's number." },
      offset: { type: 'string', description: 'The offset.' },
      headers: {
        type: 'map',
        of: { type: 'string', description: 'The name of the field, a text.' },
        description:
          'Headers, by their names; the field is absent where a record has no such header. Of equal ones the last counts.',
        example: { 'x-source': 'source' },
      },
    }),
  },
});

export type KafkaSourceOptions = ConfigOf<typeof sourceOptions>;
