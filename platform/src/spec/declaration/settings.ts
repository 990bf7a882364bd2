/** `settings`: how the job runs. Every key has a default; `tidegate config` prints the effective ones. */
import { declare } from '@tidegate/connectors/api';
import { checkpoint } from './checkpoint.js';
import { memory } from './memory.js';
import { restart } from './restart.js';
import { state } from './state.js';

export const settings = declare({
  type: 'object',
  description: 'How the job runs. Every key has a default; `tidegate config` prints the effective ones.',
  fields: {
    parallelism: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 1,
      description: 'How many subtasks share the work of each rule. The alerts are the same at every parallelism.',
      example: 4,
    },
    maxParallelism: {
      type: 'integer',
      minimum: 1,
      maximum: 32768,
      default: 128,
      description: 'The number of key groups, and so the largest parallelism that the state can ever be spread over.',
    },
    stateDir: {
      type: 'string',
      description: "The job's own folder. Default: `.tidegate/NAME` beside the application file.",
      example: '.tidegate/card-fraud',
    },
    maxRecordSize: {
      type: 'size',
      default: '1MiB',
      description: 'A record larger than this is a bad record.',
    },
    bufferTimeout: {
      type: 'duration',
      default: '10ms',
      description:
        'How long what a busy subtask makes may wait for more to be sent with; one that has nothing to do sends at once. More takes longer until an alert, less costs throughput. `0s`: nothing waits.',
      example: '100ms',
    },
    checkpoint,
    restart,
    state,
    memory,
  },
});
