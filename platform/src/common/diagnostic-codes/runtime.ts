/** Codes TG4xx: the run. One entry a code: `TG000: { title, description }`. */
import { clusterCodes } from './cluster.js';
import { controlCodes } from './control.js';
import { functionCodes } from './functions.js';
import type { CodeEntry } from './index.js';
import { restoreCodes } from './restore.js';
import { sharedStoreCodes } from './shared-stores.js';
import { stateCodes } from './state.js';
import { telemetryCodes } from './telemetry.js';

export const runtimeCodes = {
  TG400: {
    title: 'job failed',
    description: 'The job ended with an error that has no code of its own; its text says what happened.',
  },
  TG401: {
    title: 'bad record',
    description:
      'A record cannot be read, does not fit the schema or has no usable time, and the ingress does not say what to do with it. ' +
      'Correct the data, or write `onBadRecord: skip` or `onBadRecord: { to: EGRESS }`.',
  },
  TG402: {
    title: 'expression failed',
    description: 'A value of `select` could not be computed, and the rule says `onError: fail`.',
  },
  TG403: {
    title: 'cannot spill',
    description:
      'An ingress with `order: unordered` has more records than fit into memory, and the disk does not take them. ' +
      'Free space, or set `settings.stateDir` to another disk.',
  },
  TG404: {
    title: 'table not loaded',
    description: 'The file of a table cannot be read, or one of its rows does not fit the table’s schema.',
  },
  TG405: {
    title: 'not in this build',
    description:
      'A plan names a connector or format that this build does not have, or uses a format in a direction that it does not offer.',
  },
  TG406: {
    title: 'parallelism out of range',
    description: '`--parallelism` is not between 1 and `settings.maxParallelism`.',
  },
  TG407: {
    title: 'file used twice',
    description: 'A file egress would write a file that an ingress or table reads, or that another egress writes.',
  },
  TG408: {
    title: 'network memory too small',
    description:
      'Each channel between two slots has a piece of `settings.memory.network`, and the pieces would be too small to work ' +
      'with. Raise it, or lower the parallelism.',
  },
  TG409: {
    title: 'state in use',
    description:
      'Another process runs a job with the same state folder. Two at once would undo each other’s work. Stop the other, or ' +
      'give one of them another `name` or `settings.stateDir`.',
  },
  ...stateCodes,
  ...restoreCodes,
  ...controlCodes,
  ...clusterCodes,
  ...sharedStoreCodes,
  ...telemetryCodes,
  ...functionCodes,
} as const satisfies Record<string, CodeEntry>;
