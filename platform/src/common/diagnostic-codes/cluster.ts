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
    title: 'address not guarded',
    description:
      'A process of a cluster listens on this machine alone (127.0.0.1, ::1, localhost), unless something keeps strangers out: ' +
      'TLS for what processes say to each other, TLS and tokens for the API, or `--insecure`. See platform/docs/security.md.',
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
  TG455: {
    title: 'TLS cannot be used',
    description:
      'A certificate, a key or the certificate of the authority cannot be read, has expired, does not fit the others, or is for ' +
      'another cluster or role. `tidegate certificates show` says what a certificate is for and how long.',
  },
  TG456: {
    title: 'no usable tokens',
    description:
      'The file of tokens, or that of a token, cannot be read or written, or is not what `tidegate tokens` makes; or others than ' +
      'its owner may change it.',
  },
  TG457: {
    title: 'certificates not made',
    description:
      'There is something already where certificates and keys are to be written, or the authority that is to sign is not there. ' +
      'What is there is never overwritten without being asked.',
  },
} as const satisfies Record<string, CodeEntry>;
