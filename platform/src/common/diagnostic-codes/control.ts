/** Codes TG43x: checkpoints of a job, its restarts, and what its workers lose of each other. */
import type { CodeEntry } from './index.js';

export const controlCodes = {
  TG430: {
    title: 'checkpoints are gone',
    description:
      'The job has run before, but the record of its checkpoints is not there. It is not started over silently: bring the ' +
      'folder back, or start from the beginning on purpose.',
  },
  TG431: {
    title: 'task lost',
    description: 'A task ended without its doing: its worker is gone, or was told to end it.',
  },
  TG432: {
    title: 'checkpoints keep failing',
    description: 'More checkpoints in a row have failed than `settings.checkpoint.tolerableFailures` allows.',
  },
  TG433: {
    title: 'data connection lost',
    description:
      'Two slots in different worker processes could not exchange records any more, or not from the beginning; the message ' +
      'names the other slot and says why. The job starts again from its last checkpoint. If it happens again and again, look ' +
      'at the network between these two workers: both of them are otherwise alive.',
  },
} as const satisfies Record<string, CodeEntry>;
