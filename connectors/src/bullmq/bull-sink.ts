/**
 * A queue of BullMQ as a sink, at least once: a checkpoint waits until the jobs are in Redis, and what comes again after a
 * crash has the ids that it had. See platform/docs/decisions for why there is no exactly-once.
 */
import type { ConnectorContext, Sink, SinkWriter, WriterOptions } from '../api/index.js';
import { RedisClient } from '../redis/redis-client.js';
import { redisError } from '../redis/redis-error.js';
import { SendingWriter } from '../writing/sending-writer.js';
import { bytesOf, jobOf } from './outgoing-job.js';
import { OutgoingQueue } from './outgoing-queue.js';
import { assertQueueName } from './queue-options.js';
import type { BullSinkOptions } from './sink-options.js';

export class BullSink implements Sink {
  readonly deliveries = ['none', 'at-least-once'] as const;

  constructor(
    private readonly options: BullSinkOptions,
    private readonly context: ConnectorContext,
  ) {
    assertQueueName(options.queue, `egress ${context.name}`);
  }

  createWriter({ delivery }: WriterOptions): SinkWriter {
    const { options, context } = this;
    const client = new RedisClient(options, 'egress', context);
    return new SendingWriter({
      sender: new OutgoingQueue(client, options.queue, options.prefix),
      messageOf: (record) => jobOf(record, options, () => context.random()),
      bytesOf,
      errorOf: (cause) => redisError(client.subject, cause),
      isAwaited: delivery !== 'none',
      context,
    });
  }
}
