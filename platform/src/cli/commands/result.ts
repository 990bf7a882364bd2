/** `tidegate result`: how a job of a cluster has ended. */
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments, showResult, untilEnded } from '../cluster/job-command.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate result NAME [--coordinator HOST:PORT] [--wait]

Says how a job has ended; the exit code is 0 when it has finished or was stopped, and otherwise 1.

${COORDINATOR_HELP}
  --wait                   until the job has ended
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client, has } = jobArguments(args, ['wait'], io);
  if (!has('wait')) return showResult(await client.result(name), io);
  const ended = await untilEnded(client, name, io);
  return ended === undefined ? EXIT.failed : showResult(ended, io);
}

export const result: Command = { usage, run };
