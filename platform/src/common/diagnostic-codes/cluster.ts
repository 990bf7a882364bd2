/** Codes TG45x: coordinators, workers, and those who ask them. */
import type { CodeEntry } from './index.js';

export const clusterCodes = {
  TG450: {
    title: 'coordinator not reached',
    description:
      'Nobody answers at the coordinator’s address, or what answers is none. See whether it runs, and what `--coordinator` says.',
  },
  TG451: {
    title: 'refused by the coordinator',
    description: 'The coordinator has answered that it does not do what was asked; its text says why.',
  },
  TG452: {
    title: 'address not allowed',
    description:
      'A coordinator listens on this machine alone (127.0.0.1 or ::1): there is nothing yet that keeps strangers out elsewhere.',
  },
  TG453: {
    title: 'another coordinator leads',
    description:
      'Another coordinator has written into the same folder of jobs. This one leaves the job to it: one alone runs a job.',
  },
  TG454: {
    title: 'the lease is lost',
    description:
      'The folder or Redis in which coordinators choose their leader knows less than it once said: it was wiped, or brought back ' +
      'from a copy. Nobody is chosen until somebody has looked into it: bring back what was there, or start all coordinators anew.',
  },
} as const satisfies Record<string, CodeEntry>;
