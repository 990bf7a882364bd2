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
    title: 'list of hosts that may be called',
    description:
      '`TIDEGATE_FUNCTION_HOSTS` or `TIDEGATE_EGRESS_HOSTS` of the process has an entry that is no host (`f.example.com`, `*.example.com`), address or network ' +
      '(`10.0.0.0/8`).',
  },
  TG483: {
    title: 'module of functions',
    description:
      'A module of functions cannot be loaded: it is not there, does not compile, throws while it is loaded, or lacks a ' +
      'function that the application names. On a cluster it has to lie at the same place on the disk of each worker.',
  },
  TG484: {
    title: 'module of functions refused',
    description:
      '`TIDEGATE_FUNCTION_MODULES` of the process, a list of folders, does not have the one of the module: whoever operates ' +
      'the process lets no other code run in it. Serve the functions over HTTP, or have the folder allowed.',
  },
  TG485: {
    title: 'requests cannot be taken',
    description:
      'The address at which functions take requests (`requests` of the application, or `tidegate run --rest`) cannot be listened on, ' +
      'or what guards it, its tokens or its certificate, cannot be read.',
  },
  TG486: {
    title: 'functions were taken over',
    description:
      'A later attempt of the job reads the log of invocations, so this one, which was taken for dead, answers nobody any more. ' +
      'Nothing is to be done: requests are answered by the later one.',
  },
  TG487: {
    title: 'no place for the log of invocations',
    description:
      'Functions that answer requests need a folder that outlives a worker. The checkpoints of this job are on object storage: ' +
      'run it with a state folder that all workers share.',
  },
  TG488: {
    title: 'address of a function',
    description:
      'What was asked about an address of a function cannot be done: there is no such function, state or run, the value is ' +
      'none of the state’s type, or it is not possible now. The message says which.',
  },
  TG489: {
    title: 'too many types of functions',
    description:
      'A namespace of functions (`shop/*`) was sent a message for a type that it has not met, and it has met as many as it may ' +
      '(`maxTypes`). Whoever sends makes types of what should be ids; or there are so many: then raise `maxTypes`. With dead ' +
      'letters (`onFailure: { then: dead-letter, to: ... }`) such a message goes there, and the job goes on.',
  },
} as const satisfies Record<string, CodeEntry>;
