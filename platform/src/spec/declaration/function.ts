/** `functions.NAMESPACE/NAME`: where a type of stateful functions is served, and what becomes of messages that fail. */
import { declare } from '@tidegate/connectors/api';

/** A file of the machine that runs the job. */
function file(description: string) {
  return declare({ type: 'string', description: `${description} A file in PEM, relative to the application file.` });
}

const http = declare({
  type: 'object',
  description: "An HTTP server that speaks the request-reply protocol of Apache StateFun's SDKs.",
  shorthand: 'url',
  fields: {
    url: {
      type: 'string',
      required: true,
      pattern: '^https?(\\+unix)?://.+$',
      description:
        'http, https, http+unix or https+unix (`http+unix:///run/functions.sock/path`). `{function.name}` in it stands for the name of the function.',
      example: 'http://profile:8080/statefun',
    },
    maxBatch: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 500,
      description: 'How many messages of one address a call has at most; the others wait for its end.',
    },
    requests: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      description:
        'How many requests to the URL are under way at once, at most, of each subtask. Default: 16, and up to 1024 while answers are slow and twice as many requests at once bring more of them.',
    },
    timeout: {
      type: 'duration',
      default: '1m',
      description: 'How long a request may take in all; then it is given up, and is a failure.',
    },
    connectTimeout: { type: 'duration', default: '10s', description: 'How long a connection may take to be made.' },
    readTimeout: {
      type: 'duration',
      description: 'How long nothing of an answer may come, before it or within it. Default: only `timeout` counts.',
    },
    writeTimeout: {
      type: 'duration',
      description: 'How long the server may take nothing of a request. Default: only `timeout` counts.',
    },
    maxAnswer: { type: 'size', default: '32MiB', description: 'A longer answer is a failure.' },
    secrets: {
      type: 'list',
      oneOrMany: true,
      of: { type: 'string', secret: true, description: 'A secret of at least 16 characters.' },
      description:
        'Requests are signed with these, so that functions know who calls them; two while a secret is being changed.',
      example: '${FUNCTIONS_SECRET}',
    },
    tls: {
      type: 'object',
      description: 'What an https URL is trusted by, and what says who calls.',
      fields: {
        ca: file('Authorities that are trusted instead of those that Node knows.'),
        cert: file('The certificate to call with; `key` comes with it.'),
        key: file("The certificate's key."),
        keyPassword: {
          type: 'string',
          description: "A file that holds the key's password, relative to the application file.",
        },
      },
    },
    allowPrivate: {
      type: 'boolean',
      description:
        'Whether the server may have a loopback, private or link-local address. Default: only if the host of the URL is one, `localhost`, or a name without a dot.',
    },
  },
});

const module = declare({
  type: 'object',
  description:
    'A module of functions of functions-sdk that runs inside the worker, in a thread of its own for each subtask. The functions are those that it exports, and those that it gives to `serve`, which does not listen there.',
  shorthand: 'file',
  fields: {
    file: {
      type: 'string',
      required: true,
      pattern: '^.+\\.[cm]?[jt]sx?$',
      description:
        'TypeScript or JavaScript, relative to the application file. On a cluster it is read on the disk of each worker.',
      example: './functions/profile.ts',
    },
    maxBatch: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 500,
      description: 'How many messages of one address a call has at most; the others wait for its end.',
    },
    timeout: {
      type: 'duration',
      default: '10s',
      description:
        'How long a message may hold the thread, as an endless loop does: then the thread is stopped, and another is started. A batch that waits for something, such as an answer from elsewhere, is given up after this time.',
    },
    memory: {
      type: 'size',
      default: '256MiB',
      description:
        'How much memory the functions of one thread may keep, in its heap and outside of it, as Buffers are: a thread that keeps more is stopped.',
    },
  },
});

export const functionType = declare({
  type: 'object',
  description: 'A type of stateful functions: each id is an instance with a state of its own.',
  variants: { http, module },
  fields: {
    concurrency: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      description:
        'How many instances are called at once, at most, of each subtask; the others wait. Default: as many as the requests to the URL take.',
    },
    rate: {
      type: 'object',
      description:
        'How many messages are called for in which time, at most, by all subtasks together, of which each has an equal share. Messages that are tried again count again.',
      fields: {
        messages: { type: 'integer', required: true, minimum: 1, maximum: 1_000_000_000, description: 'How many.' },
        per: {
          type: 'duration',
          default: '1s',
          description: 'In which time. They may come all at its beginning: a shorter time spreads them.',
        },
      },
    },
    priority: {
      type: 'integer',
      minimum: -1000,
      maximum: 1000,
      default: 0,
      description:
        'Of functions that are served by one URL, or one module, instances of the one with the most are called first; others wait as long as there are any.',
    },
    maxTypes: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      description:
        'Of a namespace (`shop/*`): how many types of it there may be, which are met when somebody sends to them. A message for one more fails for good. Default: 1000.',
    },
    onFailure: {
      type: 'object',
      description: 'What becomes of a message whose calls fail. Its address waits; others go on.',
      fields: {
        retries: {
          type: 'integer',
          minimum: 0,
          maximum: 1_000_000,
          default: 10,
          description:
            'How often a message is tried again: after 0.1 seconds, then twice as long each time, up to 10, each changed at random by up to a fifth; later if the answer says so (Retry-After). A call that fails for good is not tried again.',
        },
        then: {
          type: 'string',
          enum: ['fail', 'dead-letter', 'park'],
          default: 'fail',
          description:
            '`fail`: the job fails, and is restarted as its settings say. `dead-letter`: the message goes to the egress `to`, and the address goes on. `park`: the address keeps its messages and is not called any more until it is released (`tidegate functions release`).',
        },
        to: {
          type: 'reference',
          to: ['egress'],
          when: { then: ['dead-letter'] },
          description: 'The egress of dead letters.',
          example: 'bad-records',
        },
      },
    },
  },
});
