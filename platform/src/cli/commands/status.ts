/** `tidegate status`: what a job of a cluster is doing. */
import { COORDINATOR_HELP, jobArguments, rescaleText, stateText } from '../cluster/job-command.js';
import { timeText } from '../presentation/time-text.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate status NAME [--coordinator HOST:PORT] [--json]

Says in which state a job is and since when, how often it was restarted, from which checkpoint it would go on, and how many
subtasks of each of its tasks are in which state. Times are UTC.

${COORDINATOR_HELP}
  --json                   as the API gives it
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client, has } = jobArguments(args, ['json']);
  const job = await client.job(name);
  if (has('json')) {
    io.out(`${JSON.stringify(job, null, 2)}\n`);
    return EXIT.fine;
  }
  const lines = [stateText(job)];
  if (job.rescale !== undefined) lines.push(rescaleText(job.rescale));
  if (job.run !== undefined) {
    const { state, since, parallelism, restarts, latestCheckpoint, latestCheckpointAt, tasks } = job.run;
    const taken = latestCheckpointAt === undefined ? '' : ` (${timeText(latestCheckpointAt)})`;
    lines.push(
      `${state} since ${timeText(since)}`,
      `parallelism ${parallelism}, restarts ${restarts}, latest checkpoint ${latestCheckpoint ?? 'none'}${taken}`,
    );
    for (const { task, states } of tasks) {
      const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
      lines.push(`  ${task}: ${counts.join(', ') || 'not deployed'}`);
    }
  }
  io.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

export const status: Command = { usage, run };
