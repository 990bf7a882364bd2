/** The connector `bullmq`: queues of BullMQ in Redis. */
import { declareSink, type Connector } from '../api/index.js';
import { BullSink } from './bull-sink.js';
import { sinkOptions } from './sink-options.js';

export const bullmq: Connector = {
  name: 'bullmq',
  sink: declareSink({
    name: 'bullmq',
    description:
      "A queue of BullMQ in Redis: each alert is a job, whose id is the alert's. What comes again after a crash enqueues nothing twice, also where its job is done and removed, for as long as remember says.",
    options: sinkOptions,
    example: `bullmq:
  url: "\${REDIS_URL:redis://localhost:6379}"
  queue: alerts
  name: "{{ alert.rule }}"
  priority: 'alert.severity == "critical" ? 1 : 10'
  attempts: 5
  backoff: { delay: 'duration("10s")' }`,
    deliveries: ['none', 'at-least-once'],
    createSink: (options, context) => new BullSink(options, context),
  }),
};
