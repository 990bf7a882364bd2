/**
 * Topics of Kafka as a source: each partition is a split, and its offset lies in the checkpoint.
 */
import {
  ConnectorError,
  type ConnectorContext,
  type Format,
  type Source,
  type SourceReader,
  type SourceSplit,
  type SplitEnumerator,
} from '../api/index.js';
import { QueuedReader } from '../reading/queued-reader.js';
import { KafkaClient } from './client.js';
import { GroupCommitter } from './group-committer.js';
import { PartitionConsumers } from './partition-consumers.js';
import { PartitionEnumerator } from './partition-enumerator.js';
import { PendingRecords } from './pending-records.js';
import { RecordMaker } from './record-maker.js';
import type { KafkaSourceOptions } from './source-options.js';
import { startOf, type Start } from './start-offsets.js';

/** Of a tenth of a second at the speed of one slot: a consumer without room looks again only after `MAX_WAIT_MS`. */
const MAX_QUEUED_BYTES = 2 * 1024 * 1024;

export class KafkaSource implements Source {
  readonly boundedness: 'bounded' | 'unbounded';
  readonly replayable = true;
  readonly #client: KafkaClient;
  readonly #start: Start;
  readonly #records: RecordMaker;

  constructor(
    private readonly options: KafkaSourceOptions,
    format: Format,
    private readonly context: ConnectorContext,
  ) {
    this.boundedness = options.end === 'never' ? 'unbounded' : 'bounded';
    if (!format.seekable) {
      throw new ConnectorError(
        'invalid-option',
        `ingress ${context.name}: this format tells records apart within a file; a message of Kafka is one record: use json without records, lines or raw`,
      );
    }
    this.#start = startOf(options, `ingress ${context.name}`);
    this.#client = new KafkaClient(options, 'ingress', context);
    this.#records = new RecordMaker(format, options.fields);
  }

  createEnumerator(known: readonly SourceSplit[]): SplitEnumerator {
    return new PartitionEnumerator(this.#client, this.options, this.#start, known, this.context);
  }

  createReader(): SourceReader {
    const { context, options } = this;
    const { group } = options;
    const consumers = new PartitionConsumers(this.#client, options, this.#records, context);
    const committer = group === undefined ? undefined : new GroupCommitter(this.#client, group, context);
    const reader = new QueuedReader({
      feed: (split, output) => consumers.read(split, output),
      concurrency: Infinity,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context,
      ...(committer === undefined ? {} : { onCheckpointComplete: (splits) => committer.commit(splits) }),
      onClose: async () => {
        pending.close();
        await consumers.closed();
        await committer?.close();
      },
    });
    const pending = new PendingRecords({
      client: this.#client,
      context,
      positions: () => reader.positions(),
      passed: (split) => consumers.passed(split),
    });
    return reader;
  }
}
