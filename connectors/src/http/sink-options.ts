/** The options of the sink `http`. */
import { fields, type ConfigOf } from '../api/index.js';
import { callingOptions } from '../calling/calling-options.js';

export const sinkOptions = fields({
  url: {
    type: 'string',
    required: true,
    secret: true,
    pattern: 'https?://.+',
    description: 'Where records are sent by POST. Redirects are not followed. Never printed, but for the host.',
  },
  batch: {
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 10000,
    description:
      'How many records go into one request: with 1 each is sent alone, and its Idempotency-Key is made of its id alone, the same in every run. With more they are sent as a JSON list, which needs the format json; the key is then that of the list, and after a crash the same records may come in other lists with other keys. A receiver that drops repetitions by the key wants 1.',
  },
  linger: { type: 'duration', default: '100ms', description: 'How long a batch may wait for more records.' },
  ...callingOptions,
  retries: {
    type: 'integer',
    default: 8,
    minimum: 0,
    description: 'How often a request is sent again that found no answer, or 408, 429 or 5xx.',
  },
  backoff: {
    type: 'duration',
    default: '200ms',
    description: 'The pause before the first retry; it doubles each time, with a random part.',
  },
  maxBackoff: {
    type: 'duration',
    default: '30s',
    description: 'The longest pause, also of one that Retry-After asks for.',
  },
  onError: {
    type: 'string',
    enum: ['fail', 'dead-letter'],
    default: 'fail',
    description:
      "What happens to records that were refused (any other 4xx, or a redirect): fail stops the job, dead-letter writes them with the reason to rejected.jsonl in the egress's state folder and goes on.",
  },
});

export type HttpSinkOptions = ConfigOf<typeof sinkOptions>;
