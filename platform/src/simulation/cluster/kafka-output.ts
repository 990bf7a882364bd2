/** The output of a job whose sink is the production sink of Kafka, over the simulated broker and the files that all workers share. */
import { KafkaSink, type KafkaSinkOptions } from '@tidegate/connectors/kafka';
import type { OutgoingRecord, Sink, SinkWriter, WriterOptions } from '@tidegate/connectors/api';
import type { Broker } from '../broker/broker.js';
import { SimulatedKafkaClient, type TopicShape } from '../broker/simulated-kafka-client.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import { keyOfLine } from '../workload/probe-record.js';
import type { SharedFiles } from '../world/shared-files.js';
import { simulatedConnectorContext } from './simulated-connector-context.js';

const TOPICS: readonly TopicShape[] = [
  { topic: 'odd', partitions: 2 },
  { topic: 'even', partitions: 1 },
];
/** Longer than any world lasts. */
const REFRESH_MS = 1e9;

const OPTIONS: KafkaSinkOptions = {
  brokers: 'simulated',
  // Each record brings one.
  topic: [],
  topics: TOPICS.map(({ topic }) => topic),
  timestamp: 'sending',
  compression: 'none',
  transactionTimeout: 900,
  onLostMarker: 'fail',
};

export class KafkaOutput {
  constructor(
    readonly broker: Broker,
    private readonly files: SharedFiles,
    private readonly random: SeededRandom,
  ) {}

  sink(process: SimulatedProcess, name: string, fail: (error: Error) => void): Sink {
    const context = simulatedConnectorContext(process, name, this.random, fail);
    const client = new SimulatedKafkaClient(this.broker, process, TOPICS);
    return new AddressingSink(OPTIONS, context, { client, files: this.files.of(process), refreshMs: REFRESH_MS });
  }
}

/** Its records have the keys of their lines, and go to a topic by that. */
class AddressingSink extends KafkaSink {
  override createWriter(options: WriterOptions): SinkWriter {
    const writer = super.createWriter(options);
    const write = writer.write.bind(writer);
    return Object.assign(writer, { write: (record: OutgoingRecord) => write(addressed(record)) });
  }
}

function addressed(record: OutgoingRecord): OutgoingRecord {
  const key = keyOfLine(String(record.payload));
  let sum = 0;
  for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
  const { topic } = TOPICS[sum % TOPICS.length]!;
  // Made for this writer: what is not copied is no garbage.
  return Object.assign(record, { key, values: { topic } });
}
