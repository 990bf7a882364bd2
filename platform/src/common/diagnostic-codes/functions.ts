/** Codes TG48x: stateful functions, as they are called. */
import type { CodeEntry } from './index.js';

export const functionCodes = {
  TG480: {
    title: 'state of a function changed',
    description:
      'A function declares a state with another type than the one that is kept under this name. What is kept cannot be read ' +
      'as the new type: give the new state another name.',
  },
  TG481: {
    title: 'message of a function failed',
    description:
      'A message was given up after its retries, and `onFailure` of the function says that the job fails. Mend the function, ' +
      'or send such messages to a dead letter: `onFailure: { then: dead-letter, to: ... }`.',
  },
  TG482: {
    title: 'list of hosts for functions',
    description:
      '`TIDEGATE_FUNCTION_HOSTS` of the process has an entry that is no host (`f.example.com`, `*.example.com`), address or network ' +
      '(`10.0.0.0/8`).',
  },
} as const satisfies Record<string, CodeEntry>;
