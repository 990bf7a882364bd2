/** A queue of BullMQ as a source: one split, read by one reader. */
import {
  ConnectorError,
  type ConnectorContext,
  type Format,
  type Source,
  type SourceReader,
  type SourceSplit,
  type SplitEnumerator,
} from '../api/index.js';
import { RedisClient } from '../redis/redis-client.js';
import { nodeFileSystem } from '../disk/file-system.js';
import { LineNames } from '../staging/line-names.js';
import { IncomingQueue } from './incoming-queue.js';
import { JobReader } from './job-reader.js';
import { JobRecords } from './job-records.js';
import { assertQueueName } from './queue-options.js';
import type { BullSourceOptions } from './source-options.js';

export class BullSource implements Source {
  readonly boundedness: 'bounded' | 'unbounded';
  readonly replayable = true;
  readonly #records: JobRecords;

  constructor(
    private readonly options: BullSourceOptions,
    format: Format,
    private readonly context: ConnectorContext,
  ) {
    const subject = `ingress ${context.name}`;
    assertQueueName(options.queue, subject);
    this.boundedness = options.end === 'never' ? 'unbounded' : 'bounded';
    if (!format.seekable) {
      throw new ConnectorError(
        'invalid-option',
        `${subject}: this format tells records apart within a file; a job is one record: use json without records, lines or raw`,
      );
    }
    this.#records = new JobRecords(format, options.fields);
  }

  createEnumerator(known: readonly SourceSplit[]): SplitEnumerator {
    const { options, context } = this;
    const names = new LineNames(nodeFileSystem, context.stateDir, `tidegate-${context.job}`, () => context.random());
    // The token is durable before a job is taken: by it the next attempt knows the jobs that this one had.
    const first = async (): Promise<SourceSplit> => {
      const token = (await names.list()).get(0) ?? (await names.create(0));
      return { id: options.queue, state: { token, jobs: [] } };
    };
    return { discover: async () => (known.length > 0 ? [] : [await first()]), close: async () => undefined };
  }

  createReader(): SourceReader {
    const { options, context } = this;
    const client = new RedisClient(options, 'ingress', context);
    const { queue: name, prefix, lock: lockMs, prefetch, end } = options;
    return new JobReader({
      subject: client.subject,
      prefetch,
      lockMs,
      ends: end === 'drained',
      records: this.#records,
      context,
      open: (token) => new IncomingQueue(client, { name, prefix, token, lockMs }),
    });
  }
}
