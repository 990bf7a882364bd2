/** A URL that alerts are sent to, at least once: directly, or by a queue that outlives the process. */
import { ConnectorError, type ConnectorContext, type Sink, type SinkWriter, type WriterOptions } from '../api/index.js';
import { bytesOf as bytesOfJob } from '../bullmq/outgoing-job.js';
import { OutgoingQueue } from '../bullmq/outgoing-queue.js';
import { assertQueueName } from '../bullmq/queue-options.js';
import { RedisClient } from '../redis/redis-client.js';
import { redisError } from '../redis/redis-error.js';
import { SendingWriter } from '../writing/sending-writer.js';
import { deliveryJob } from './delivery-job.js';
import { deliveryOf } from './delivery.js';
import { DeliveryWorker } from './delivery-worker.js';
import { DirectWriter } from './direct-writer.js';
import { QueuedWriter } from './queued-writer.js';
import type { WebhookOptions, WebhookQueueOptions } from './sink-options.js';
import { WebhookReceiver } from './webhook-receiver.js';

export class WebhookSink implements Sink {
  readonly deliveries = ['none', 'at-least-once'] as const;

  constructor(
    private readonly options: WebhookOptions,
    private readonly context: ConnectorContext,
  ) {
    const { queue, then } = options;
    if (queue === undefined || then !== 'fail') return;
    throw new ConnectorError(
      'invalid-option',
      `egress ${context.name}: then: fail does not go with queue, whose deliveries outlive the job: write dead-letter or drop`,
    );
  }

  /** Throws a ConnectorError for options that cannot be used. */
  createWriter({ delivery }: WriterOptions): SinkWriter {
    const { options, context } = this;
    const receiver = new WebhookReceiver(options, context);
    const isAwaited = delivery !== 'none';
    if (options.queue === undefined) return new DirectWriter(receiver, options, context, isAwaited);
    return this.#queued(receiver, options.queue, isAwaited);
  }

  #queued(receiver: WebhookReceiver, queue: WebhookQueueOptions, isAwaited: boolean): SinkWriter {
    const { options, context } = this;
    const name = queue.name ?? `tidegate-${context.job}-${context.name}`;
    const deadName = queue.deadLetters ?? `${name}-dead`;
    for (const each of [name, deadName]) assertQueueName(each, `egress ${context.name}`);
    const client = new RedisClient(queue, 'egress', context);
    const enqueuing = new SendingWriter({
      sender: new OutgoingQueue(client, name, queue.prefix),
      messageOf: (record) =>
        deliveryJob(
          deliveryOf(record, () => context.random()),
          options,
          queue,
        ),
      bytesOf: bytesOfJob,
      errorOf: (cause) => redisError(client.subject, cause),
      isAwaited,
      context,
    });
    return new QueuedWriter(enqueuing, new DeliveryWorker({ receiver, options, queue, name, deadName, context }));
  }
}
