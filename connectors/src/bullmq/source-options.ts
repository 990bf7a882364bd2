/** The options of the source `bullmq`. */
import { fields, type ConfigOf } from '../api/index.js';
import { queueOptions } from './queue-options.js';

export const sourceOptions = fields({
  ...queueOptions,
  prefetch: {
    type: 'integer',
    default: 10000,
    minimum: 1,
    maximum: 1000000,
    description:
      'How many jobs may be in work at most: taken from the queue and not yet in a completed checkpoint. It bounds how many events a second can be read: this number, divided by the interval of checkpoints.',
  },
  lock: {
    type: 'duration',
    default: '30s',
    description:
      'How long a job stays ours when nothing is heard of us (BullMQ’s lockDuration): after that it is given to whoever works on the queue. Locks are extended while the application runs.',
  },
  end: {
    type: 'string',
    enum: ['never', 'drained'],
    default: 'never',
    description:
      'With drained the run ends when no job is there to be taken and all that were taken are completed; jobs that are delayed are not waited for. With never it goes on until it is stopped.',
  },
  fields: {
    type: 'object',
    description: 'What BullMQ knows of a job besides its data, as fields of the record: each with the name to give it.',
    example: { id: 'jobId', timestamp: 'queuedAt' },
    fields: fields({
      id: { type: 'string', description: "The job's id, a text." },
      name: { type: 'string', description: "The job's name." },
      attempts: { type: 'string', description: 'How many attempts were made before.' },
      timestamp: { type: 'string', description: 'When the job was added, in epoch milliseconds.' },
      priority: { type: 'string', description: 'The priority, 0 where there is none.' },
    }),
  },
});

export type BullSourceOptions = ConfigOf<typeof sourceOptions>;
