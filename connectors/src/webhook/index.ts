/** The connector `webhook`: tells a receiver of each alert, by POST. */
import { declareSink, type Connector } from '../api/index.js';
import { sinkOptions } from './sink-options.js';
import { WebhookSink } from './webhook-sink.js';

export const webhook: Connector = {
  name: 'webhook',
  sink: declareSink({
    name: 'webhook',
    description:
      'Each alert is sent by POST to a URL, signed, with an Idempotency-Key that is the same at every try and in every run. With queue it waits in Redis and survives this process; without one a checkpoint waits for it.',
    options: sinkOptions,
    shorthand: 'url',
    example: `webhook:
  url: "https://hooks.example/alerts"
  secrets: "\${HOOK_SECRET:a secret of the receiver}"
  rateLimit: { requests: 50, per: 1s }
  queue: { url: "\${REDIS_URL:redis://localhost:6379}" }`,
    deliveries: ['none', 'at-least-once'],
    createSink: (options, context) => new WebhookSink(options, context),
  }),
};
