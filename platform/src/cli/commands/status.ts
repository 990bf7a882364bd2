/** `tidegate status`: what a job of a cluster is doing. */
import type { JobTotals } from '../../metrics/job-totals.js';
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments, rescaleText, stateText } from '../cluster/job-command.js';
import { grouped, plural } from '../presentation/numbers-text.js';
import { timeText } from '../presentation/time-text.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate status NAME [--coordinator HOST:PORT] [--json]

Says in which state a job is and since when, how often it was restarted, from which checkpoint it would go on, what it has
read and found since this coordinator leads, how many subtasks of each of its tasks are in which state, and how these spend
their time. Times are UTC.

${COORDINATOR_HELP}
  --json                   as the API gives it
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client, has } = jobArguments(args, ['json'], io);
  const job = await client.job(name);
  if (has('json')) {
    io.out(`${JSON.stringify(job, null, 2)}\n`);
    return EXIT.fine;
  }
  const measured = job.run === undefined ? undefined : await client.metrics(name);
  const lines = [stateText(job)];
  if (job.rescale !== undefined) lines.push(rescaleText(job.rescale));
  if (job.run !== undefined && measured !== undefined) {
    const { state, since, parallelism, restarts, latestCheckpoint, latestCheckpointAt, tasks } = job.run;
    const taken = latestCheckpointAt === undefined ? '' : ` (${timeText(latestCheckpointAt)})`;
    lines.push(
      `${state} since ${timeText(since)}`,
      `parallelism ${parallelism}, restarts ${restarts}, latest checkpoint ${latestCheckpoint ?? 'none'}${taken}`,
      totalsText(measured),
    );
    for (const { task, states } of tasks) {
      const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
      lines.push(`  ${task}: ${counts.join(', ') || 'not deployed'}${activityText(task, measured)}`);
    }
  }
  io.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

function totalsText({ events, eventsPerSecond, alerts, late, deadLetters }: JobTotals): string {
  const parts = [
    `${plural(events, 'event')} (${grouped(Math.round(eventsPerSecond))}/s)`,
    plural(alerts, 'alert'),
    `${grouped(late)} late`,
    plural(deadLetters, 'dead letter'),
  ];
  return parts.join(', ');
}

/** Empty while nothing is known. */
function activityText(name: string, { tasks }: JobTotals): string {
  const found = tasks.find(({ task }) => task === name);
  if (found === undefined || found.busy + found.backPressured + found.idle === 0) return '';
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `; busy ${percent(found.busy)}, back-pressured ${percent(found.backPressured)}`;
}

export const status: Command = { usage, run };
