/** `tidegate cancel`: ends a job of a cluster. */
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments } from '../cluster/job-command.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate cancel NAME [--coordinator HOST:PORT]

Ends a job now: what is not in a completed checkpoint is given up. It is certain to end when this command has, and may take
a while. (tidegate stop ends it with a savepoint.)

${COORDINATOR_HELP}
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client } = jobArguments(args, [], io);
  await client.cancel(name);
  io.out(`${name} will be cancelled\n`);
  return EXIT.fine;
}

export const cancel: Command = { usage, run };
