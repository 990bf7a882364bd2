/** The options of the sink `kafka`. */
import type { CompressionTypes } from 'kafkajs';
import { fields, type ConfigOf } from '../api/index.js';
import { clientOptions } from './client.js';
import { COMPRESSIONS, typeOfCompression } from './compression.js';
import { kafkajs } from './library.js';

const LOST_MARKER = ['fail', 'send', 'skip'] as const;
export type LostMarker = (typeof LOST_MARKER)[number];

export const sinkOptions = fields({
  ...clientOptions,
  topic: {
    type: 'template',
    takesPlaceholders: true,
    required: true,
    description:
      "The topic; it must be there. With an expression in it each record goes to the topic that it gives: exactly once if topics names all of them, else at least once. A record's key is its alert's, so that the alerts of one key keep their order; its header id is the alert's id.",
    example: 'alerts',
  },
  topics: {
    type: 'list',
    of: { type: 'string', description: 'A topic; it must be there.' },
    description:
      'Where topic has an expression: all topics that it may give, which exactly-once needs. The records of a checkpoint go to all of them in one transaction, whose marker is committed for the first. A record for any other stops the job.',
    example: ['alerts', 'alerts-urgent'],
  },
  key: {
    type: 'expression',
    gives: 'string',
    description: "A record's key, instead of its alert's. Records whose key is absent have none.",
    example: 'customerId',
  },
  partition: {
    type: 'expression',
    gives: 'int',
    description:
      "A record's partition, modulo the number that there are. By default it follows from the key, as with Kafka's own clients.",
    example: 'alert.severity == "critical" ? 0 : 1',
  },
  headers: {
    type: 'map',
    of: { type: 'template', takesPlaceholders: true, description: 'Its value, with expressions over the alert.' },
    description: 'Headers besides id; one whose expression has no value is left out.',
    example: { severity: '{{ alert.severity }}', source: 'tidegate' },
  },
  timestamp: {
    type: 'string',
    enum: ['sending', 'event'],
    default: 'sending',
    description:
      "A record's timestamp in Kafka: when it was sent, or the event time. Kafka's retention goes by it: with event, alerts about events that are older than the topic's retention are removed soon after they were sent.",
  },
  compression: {
    type: 'string',
    enum: COMPRESSIONS,
    default: 'none',
    description: 'How batches are compressed.',
  },
  transactionTimeout: {
    type: 'duration',
    default: '1m',
    description:
      "With exactly-once, how long the broker leaves the transaction of one checkpoint open. Nothing is lost when it passes: the records are in the checkpoint and are sent anew. At most the broker's transaction.max.timeout.ms (15 minutes by default).",
  },
  onLostMarker: {
    type: 'string',
    enum: LOST_MARKER,
    default: 'fail',
    description:
      'With exactly-once, what becomes of the records that a checkpoint holds where nobody knows whether they were sent, as Kafka has forgotten the marker that says it (offsets.retention.minutes, a week by default, while the job is down): fail stops the job, send sends them, perhaps a second time, and skip leaves them out.',
  },
  transactionalIdPrefix: {
    type: 'string',
    description:
      'With exactly-once, what transactional ids and the groups of markers begin with, where brokers allow certain names only. Default: tidegate, the name of the job and of the egress.',
  },
});

export type KafkaSinkOptions = ConfigOf<typeof sinkOptions>;

export function compressionOf({ compression }: KafkaSinkOptions): CompressionTypes {
  return typeOfCompression(kafkajs(), compression);
}
