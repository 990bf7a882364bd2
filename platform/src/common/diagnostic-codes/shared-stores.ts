/** Codes TG46x: what the processes of a cluster share besides a folder. */
import type { CodeEntry } from './index.js';

export const sharedStoreCodes = {
  TG460: {
    title: 'object storage unfit',
    description:
      'What `--checkpoints` names cannot keep checkpoints: it does not answer, does not let this process read, write, list and ' +
      'delete there, or does not create objects exclusively (`If-None-Match: *`), by which attempts of a job are fenced.',
  },
  TG461: {
    title: 'Redis unfit',
    description:
      'What `--high-availability` names cannot keep who leads and which jobs there are: it does not answer, is a replica, or ' +
      'forgets: `appendonly` is off, or its `maxmemory-policy` evicts keys. Change its configuration, or use another Redis.',
  },
} as const satisfies Record<string, CodeEntry>;
