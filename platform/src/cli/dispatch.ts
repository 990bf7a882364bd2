/** From the words of the command line to a command's exit code. Each command is loaded only when it is called. */
import { nearestName } from '../common/nearest-name.js';
import { TidegateError } from '../common/errors.js';
import { EXIT, UsageError, type Command, type Io } from './io.js';

interface Listed {
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Listed>> = {
  init: {
    summary: 'write a small application to begin with',
    load: async () => (await import('./commands/init.js')).init,
  },
  run: { summary: 'run an application', load: async () => (await import('./commands/run.js')).run },
  test: {
    summary: 'run the tests of an application on virtual time',
    load: async () => (await import('./commands/test.js')).test,
  },
  savepoint: {
    summary: 'save the state of a run or job, to keep it or to begin with it elsewhere',
    load: async () => (await import('./commands/savepoint.js')).savepoint,
  },
  functions: {
    summary: 'show and change what functions of a run or job remember',
    load: async () => (await import('./commands/functions.js')).functions,
  },
  coordinator: {
    summary: 'take jobs, and have workers run them',
    load: async () => (await import('./commands/coordinator.js')).coordinator,
  },
  worker: {
    summary: 'give slots of this machine to a coordinator',
    load: async () => (await import('./commands/worker.js')).worker,
  },
  submit: {
    summary: 'have a cluster run an application',
    load: async () => (await import('./commands/submit.js')).submit,
  },
  status: {
    summary: 'say what a job of a cluster is doing',
    load: async () => (await import('./commands/status.js')).status,
  },
  logs: {
    summary: 'print what was written about a job of a cluster',
    load: async () => (await import('./commands/logs.js')).logs,
  },
  result: {
    summary: 'say how a job of a cluster has ended',
    load: async () => (await import('./commands/result.js')).result,
  },
  rescale: {
    summary: 'run a job of a cluster at another parallelism',
    load: async () => (await import('./commands/rescale.js')).rescale,
  },
  stop: {
    summary: 'end a job of a cluster with a savepoint',
    load: async () => (await import('./commands/stop.js')).stop,
  },
  cancel: {
    summary: 'end a job of a cluster now',
    load: async () => (await import('./commands/cancel.js')).cancel,
  },
  delete: {
    summary: 'forget a job of a cluster that has ended, with its checkpoints',
    load: async () => (await import('./commands/delete.js')).deleteJob,
  },
  transactions: {
    summary: 'list and abort transactions that a job has left open behind it',
    load: async () => (await import('./commands/transactions.js')).transactions,
  },
  certificates: {
    summary: 'make the certificates by which the processes of a cluster know each other',
    load: async () => (await import('./commands/certificates.js')).certificates,
  },
  tokens: {
    summary: 'make and revoke the tokens that let clients into a cluster',
    load: async () => (await import('./commands/tokens.js')).tokens,
  },
  validate: {
    summary: 'say everything that is wrong with an application',
    load: async () => (await import('./commands/validate.js')).validate,
  },
  config: {
    summary: 'print the application with every default filled in',
    load: async () => (await import('./commands/config.js')).config,
  },
  list: {
    summary: 'show connectors, formats and functions, with their fields and an example; jobs and workers of a cluster',
    load: async () => (await import('./commands/list.js')).list,
  },
  graph: {
    summary: 'draw the dataflow of an application',
    load: async () => (await import('./commands/graph.js')).graph,
  },
  explain: {
    summary: 'say what a rule does, or what its conditions give for an event',
    load: async () => (await import('./commands/explain.js')).explain,
  },
};

export async function runCommand(words: readonly string[], io: Io): Promise<number> {
  const [name, ...args] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(overview());
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  if (name === '--version') return version(io);
  const listed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (listed === undefined) {
    const suggestion = nearestName(name, Object.keys(COMMANDS));
    io.err(
      `tidegate: unknown command ${JSON.stringify(name)}${suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`}\n\n${overview()}`,
    );
    return EXIT.usage;
  }
  const command = await listed.load();
  if (args.includes('--help') || args.includes('-h')) {
    io.out(command.usage);
    return EXIT.fine;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof TidegateError) {
      io.err(`error[${error.code}]: ${error.message}\n`);
      return EXIT.failed;
    }
    if (!(error instanceof UsageError)) throw error;
    io.err(`tidegate ${name}: ${error.message}\n\n${command.usage}`);
    return EXIT.usage;
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: tidegate COMMAND [ARGUMENT ...]', '', ...lines, '', 'tidegate COMMAND --help says more.', ''].join(
    '\n',
  );
}

async function version(io: Io): Promise<number> {
  const { programVersion } = await import('./package-folder.js');
  io.out(`tidegate ${programVersion()}\n`);
  return EXIT.fine;
}
