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
} as const satisfies Record<string, CodeEntry>;
