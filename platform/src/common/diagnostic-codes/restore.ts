/** Codes TG44x: an application that goes on from a saved state. */
import type { CodeEntry } from './index.js';

export const restoreCodes = {
  TG440: {
    title: 'state without a place',
    description:
      'The saved state holds that of a rule, ingress or egress that the application does not have any more. ' +
      'Say what it is called now with `renamedFrom`, or leave it out with `--allow-non-restored-state`.',
  },
  TG441: {
    title: 'state of another application',
    description:
      'The saved state cannot be restored into this application; the message says what would have to be as it was.',
  },
  TG442: {
    title: 'no run',
    description: 'A savepoint is taken of a run, and no run of this application goes on in its `settings.stateDir`.',
  },
  TG443: {
    title: 'no savepoint',
    description: 'The savepoint that was asked for was not taken; the message says why.',
  },
  TG444: {
    title: 'savepoint in use',
    description: 'The savepoint is the state that the job would go on from, and cannot be deleted yet.',
  },
  TG445: {
    title: 'transactions in use',
    description:
      'Transactions that were to be aborted may be those of a job that runs, which would fail once and go on from its last ' +
      'checkpoint. Stop it first, or say `--force`.',
  },
  TG446: {
    title: 'transactions not known',
    description:
      'What an egress writes to did not tell of its transactions, or did not abort one; the message says why.',
  },
} as const satisfies Record<string, CodeEntry>;
