/** `tidegate stop`: ends a job of a cluster with a savepoint. */
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments } from '../cluster/job-command.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate stop NAME [--coordinator HOST:PORT] [--drain]

Takes a savepoint of a job and ends it there: nothing is processed after it. Prints the savepoint's folder.

${COORDINATOR_HELP}
  --drain                  everything that waits for time is made due first: for an application that will not go on
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client, has } = jobArguments(args, ['drain'], io);
  io.out(`${await client.stop(name, has('drain'))}\n`);
  return EXIT.fine;
}

export const stop: Command = { usage, run };
