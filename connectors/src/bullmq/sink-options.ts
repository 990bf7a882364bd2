/** The options of the sink `bullmq`. */
import { fields, type ConfigOf } from '../api/index.js';
import { queueOptions } from './queue-options.js';

export const sinkOptions = fields({
  ...queueOptions,
  name: {
    type: 'template',
    description: 'The name of the jobs, with expressions over the alert. Default: alert.',
    example: '{{ alert.rule }}',
  },
  delay: {
    type: 'expression',
    gives: 'duration',
    description: 'How long a job waits before a worker gets it.',
    example: 'duration("5m")',
  },
  priority: {
    type: 'expression',
    gives: 'int',
    description:
      'How soon a job is done: 1 before 2, and so on up to 2097151; 0, or none, before all of these, in the order of their coming.',
    example: 'alert.severity == "critical" ? 1 : 10',
  },
  attempts: {
    type: 'expression',
    gives: 'int',
    description: 'How often a worker tries a job that fails. Default: once.',
    example: '5',
  },
  backoff: {
    type: 'object',
    description: 'The pause between attempts.',
    fields: fields({
      type: {
        type: 'string',
        enum: ['fixed', 'exponential'],
        default: 'exponential',
        description: 'With exponential the pause doubles each time.',
      },
      delay: {
        type: 'expression',
        gives: 'duration',
        required: true,
        description: 'The (first) pause.',
        example: 'duration("10s")',
      },
    }),
  },
  keepCompleted: {
    type: 'duration',
    default: '1d',
    description: 'How long a job that was done is kept in Redis (removeOnComplete).',
  },
  keepFailed: {
    type: 'duration',
    default: '7d',
    description: 'How long a job whose attempts have all failed is kept (removeOnFail).',
  },
  remember: {
    type: 'duration',
    default: '1d',
    description:
      'How long the id of a job is remembered besides: while it is, or while its job is kept, an alert that comes again after a crash enqueues nothing, also where the job is done and removed. Longer than the application may stand still.',
  },
});

export type BullSinkOptions = ConfigOf<typeof sinkOptions>;
