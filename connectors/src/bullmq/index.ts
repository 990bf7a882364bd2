/** The connector `bullmq`: queues of BullMQ in Redis. */
import { declareSink, declareSource, type Connector } from '../api/index.js';
import { BullSink } from './bull-sink.js';
import { BullSource } from './bull-source.js';
import { sinkOptions } from './sink-options.js';
import { sourceOptions } from './source-options.js';

export const bullmq: Connector = {
  name: 'bullmq',
  source: declareSource({
    name: 'bullmq',
    description:
      'A queue of BullMQ in Redis: each job is an event. A job is completed when a checkpoint that holds it is complete, so that a crash neither loses it nor counts it twice.',
    options: sourceOptions,
    example: 'bullmq: { url: "${REDIS_URL:redis://localhost:6379}", queue: payments }',
    needsCheckpoints: 'a job is completed with the checkpoint that holds it',
    createSource: (options, format, context) => new BullSource(options, format, context),
  }),
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
