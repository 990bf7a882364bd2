/** `settings.checkpoint`: how often the state is saved, and how. The keys are those of Apache Flink's, shortened. */
import { declare } from '@tidegate/connectors/api';

export const checkpoint = declare({
  type: 'choice',
  description: 'How often the state is saved, so that a run goes on after a crash as if nothing had happened.',
  example: { interval: '10s' },
  scalar: {
    type: 'string',
    enum: ['none'],
    description: 'No checkpoints: after a failure or a stop the job begins at the beginning.',
  },
  map: {
    type: 'object',
    description: 'How often the state is saved, and how. `checkpoint: none` switches it off.',
    fields: {
      interval: {
        type: 'duration',
        default: '1s',
        description: 'From the beginning of one checkpoint to that of the next; at least 10ms.',
      },
      mode: {
        type: 'string',
        enum: ['exactly-once', 'at-least-once'],
        default: 'exactly-once',
        description:
          'How often an event counts after a crash. With `at-least-once` tasks with several inputs never wait for the slowest one during a checkpoint.',
      },
      unaligned: {
        type: 'boolean',
        default: true,
        when: { mode: ['exactly-once'] },
        description:
          'Whether a checkpoint may overtake what is in flight and save it too, so that it gets through under back-pressure.',
      },
      alignedTimeout: {
        type: 'duration',
        default: '5s',
        when: { mode: ['exactly-once'], unaligned: [true] },
        description: 'How long a checkpoint tries without overtaking; `0s` overtakes from the start.',
      },
      timeout: {
        type: 'duration',
        default: '10m',
        description: 'A checkpoint that is not complete by then is given up; at least 10ms.',
      },
      retain: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 3,
        description: 'How many completed checkpoints are kept.',
      },
      minPause: {
        type: 'duration',
        default: '0s',
        description: 'At least this long from the end of one checkpoint to the beginning of the next.',
      },
      tolerableFailures: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'How many checkpoints in a row may fail; one more is a failure of the job.',
      },
    },
  },
});
