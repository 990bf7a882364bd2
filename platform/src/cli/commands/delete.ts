/** `tidegate delete`: has a cluster forget a job that has ended. */
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments } from '../cluster/job-command.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate delete NAME [--coordinator HOST:PORT]

Forgets a job that has ended, with its checkpoints. Its savepoints stay where they are, and what it has written stays as well.

${COORDINATOR_HELP}
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client } = jobArguments(args, [], io);
  await client.delete(name);
  io.out(`${name} is deleted\n`);
  return EXIT.fine;
}

export const deleteJob: Command = { usage, run };
