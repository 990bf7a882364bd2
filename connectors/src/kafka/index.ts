/** The connector `kafka`: topics of Apache Kafka, read from offsets in the checkpoint and written exactly once. */
import { declareSink, declareSource, type Connector } from '../api/index.js';
import { KafkaSink } from './kafka-sink.js';
import { KafkaSource } from './kafka-source.js';
import { sinkOptions } from './sink-options.js';
import { sourceOptions } from './source-options.js';

export { kafkaError } from './kafka-error.js';
export { KafkaSink, type KafkaSinkPorts } from './kafka-sink.js';
export type {
  CoordinatorRequests,
  IdOwner,
  SinkAdmin,
  SinkClient,
  SinkProducer,
  SinkTransaction,
} from './sink-client.js';
export type { KafkaSinkOptions } from './sink-options.js';

export const kafka: Connector = {
  name: 'kafka',
  source: declareSource({
    name: 'kafka',
    description:
      'Topics of Apache Kafka. Each partition is read in its order, up to what is committed; where reading stands lies in the checkpoint, so that a crash neither loses nor repeats a record.',
    options: sourceOptions,
    example: 'kafka: { brokers: "${KAFKA_BROKERS:localhost:9092}", topics: payments }',
    createSource: (options, format, context) => new KafkaSource(options, format, context),
  }),
  sink: declareSink({
    name: 'kafka',
    description:
      'A topic of Apache Kafka, or several. With exactly-once a reader of committed data sees each alert once, whatever dies in between, however long it is down: the records of a checkpoint lie in it, and are sent in one transaction when it is complete.',
    options: sinkOptions,
    example: 'kafka: { brokers: "${KAFKA_BROKERS:localhost:9092}", topic: alerts }',
    deliveries: ['none', 'at-least-once', 'exactly-once'],
    takesMessages: true,
    createSink: (options, context) => new KafkaSink(options, context),
  }),
};
