/** The options of the sink `webhook`. */
import { fields, type ConfigOf } from '../api/index.js';
import { callingOptions } from '../calling/calling-options.js';
import { clientOptions } from '../redis/client-options.js';
import { certificateOptions } from '../tls/certificate-options.js';

export const sinkOptions = fields({
  url: {
    type: 'string',
    required: true,
    secret: true,
    pattern: 'https?://.+',
    description: 'Where alerts are sent by POST. Redirects are not followed. Never printed, but for the host.',
    example: 'https://hooks.example/alerts',
  },
  ...callingOptions,
  secrets: {
    type: 'list',
    oneOrMany: true,
    of: { type: 'string', secret: true, description: 'A secret of at least 16 characters.' },
    description:
      'Requests are signed with these, in the header tidegate-signature, so that the receiver knows who calls and when; two while a secret is being changed.',
    example: '${secret:/run/secrets/hook}',
  },
  tls: {
    type: 'object',
    description: 'For https, where the certificates that this machine trusts are not enough.',
    fields: certificateOptions,
  },
  concurrency: {
    type: 'integer',
    default: 8,
    minimum: 1,
    maximum: 256,
    description: 'How many requests each subtask has under way. With more than 1, alerts arrive in no promised order.',
  },
  rateLimit: {
    type: 'object',
    description:
      'How often the receiver is called at most: with queue by all subtasks together, otherwise by each of them.',
    fields: fields({
      requests: { type: 'integer', required: true, minimum: 1, maximum: 1_000_000, description: 'How many requests.' },
      per: { type: 'duration', default: '1s', description: 'In which time.' },
    }),
  },
  retries: {
    type: 'integer',
    default: 8,
    minimum: 0,
    maximum: 100_000,
    description:
      'How often an alert is sent again that found no answer, or 408, 429 or 5xx. Where it was refused (any other 4xx, or a redirect) it is not sent again.',
  },
  backoff: {
    type: 'duration',
    default: '500ms',
    description: 'The pause before the first retry; it doubles each time, with a random part.',
  },
  maxBackoff: {
    type: 'duration',
    default: '1m',
    description:
      'The longest pause. What Retry-After asks for is waited for beyond it, up to a day with queue; without one up to this.',
  },
  then: {
    type: 'string',
    enum: ['dead-letter', 'drop', 'fail'],
    default: 'dead-letter',
    description:
      "What becomes of an alert that was refused or whose retries are used up. dead-letter keeps it, with the reason: with queue in the queue of dead letters, otherwise in rejected.jsonl in the egress's state folder. drop counts it and goes on. fail, which does not go with queue, fails the job, which sends it again after its restart.",
  },
  queue: {
    type: 'object',
    description:
      'Alerts wait in a queue of BullMQ in Redis, from which Tidegate itself delivers them for as long as the application runs. A checkpoint then waits until an alert is in the queue; without one, until it is delivered or given up.',
    example: { url: '${REDIS_URL:redis://localhost:6379}' },
    fields: fields({
      ...clientOptions,
      name: {
        type: 'string',
        description: "The queue's name; it holds no colon. Default: tidegate-APPLICATION-EGRESS.",
      },
      deadLetters: {
        type: 'string',
        description: "The name of the queue of dead letters. Default: the queue's name and -dead.",
      },
      prefix: {
        type: 'string',
        default: 'bull',
        description: "What the keys of the queues begin with: BullMQ's own default.",
      },
      lock: {
        type: 'duration',
        default: '30s',
        description:
          'How long a delivery stays with a process of which nothing is heard (BullMQ’s lockDuration): then another one makes it.',
      },
      remember: {
        type: 'duration',
        default: '1d',
        description:
          'How long an alert is known after it was enqueued: one that comes again within that time, after a crash, is enqueued no second time, also where it is delivered already. Longer than the application may stand still.',
      },
      keepCompleted: {
        type: 'duration',
        default: '1h',
        description: 'How long a delivered alert is kept in Redis for whoever looks.',
      },
    }),
  },
});

export type WebhookOptions = ConfigOf<typeof sinkOptions>;
export type WebhookQueueOptions = NonNullable<WebhookOptions['queue']>;
