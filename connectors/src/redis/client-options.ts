/** The options that say how a Redis server is reached, and for how long it is waited for. */
import { fields, type ConfigOf } from '../api/index.js';
import { certificateOptions } from '../tls/certificate-options.js';

export const clientOptions = fields({
  url: {
    type: 'string',
    required: true,
    secret: true,
    description:
      'The Redis server: redis://HOST:PORT/DATABASE, with rediss for TLS, and USER:PASSWORD@ before the host where they are needed. Never printed.',
    example: '${REDIS_URL:redis://localhost:6379}',
  },
  tls: {
    type: 'object',
    description: 'For rediss, where the certificates that this machine trusts are not enough.',
    fields: certificateOptions,
  },
  retryFor: {
    type: 'duration',
    default: '1m',
    description:
      'How long the server may be out of reach, full or loading before the job fails, and begins anew by its restart strategy. Nothing is lost meanwhile.',
  },
  timeout: { type: 'duration', default: '10s', description: 'How long one answer may take.' },
  allowEviction: {
    type: 'boolean',
    default: false,
    description:
      'Takes a server that throws keys away when its memory is full (a maxmemory-policy other than noeviction): jobs are then lost in silence.',
  },
});

export type ClientOptions = ConfigOf<typeof clientOptions>;
