/** `tidegate rescale`: has a job of a cluster run at another parallelism. */
import type { JobDetails } from '../../rest/cluster-service.js';
import { parseArguments } from '../arguments.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { leaderWait, rescaleText, stateText } from '../cluster/job-command.js';
import { positiveInteger } from '../cluster/option-values.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';

const usage = `Usage: tidegate rescale NAME --parallelism N [--coordinator HOST:PORT] [--wait]

Has a job run at another parallelism: it is stopped with a checkpoint, and goes on from there with its state divided anew.
It is done as soon as there are slots for it, also by the next coordinator; until then the job runs on as it is. Asked for
once more, or for what the job has, it changes nothing; asked for the parallelism of now, what still waits is given up.

${COORDINATOR_HELP}
  --parallelism N          up to settings.maxParallelism
  --wait                   until it runs so
`;

const LOOK_MS = 250;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    ...COORDINATOR_OPTIONS,
    parallelism: { type: 'string' },
    wait: { type: 'boolean', default: false },
  });
  const [name] = positionals;
  if (name === undefined) throw new UsageError('the name of a job is missing');
  if (positionals.length > 1) throw new UsageError('too many arguments');
  if (values.parallelism === undefined) throw new UsageError('--parallelism is missing');
  const parallelism = positiveInteger('parallelism', values.parallelism);
  const client = clientOf(values, io);
  const { rescale: begun } = await client.rescale(name, parallelism);
  if (!values.wait) {
    io.out(begun === undefined ? `${name} has parallelism ${parallelism}\n` : `${name} ${rescaleText(begun)}\n`);
    return EXIT.fine;
  }
  const leader = leaderWait(io);
  for (let told = ''; ;) {
    const job = await leader.ask(() => client.job(name));
    if (job.endedAt !== undefined || job.state === 'suspended') {
      io.err(`${stateText(job)}\n`);
      return EXIT.failed;
    }
    const { rescale: left } = job;
    if (left === undefined && job.state === 'running' && job.run?.state === 'running')
      return reached(job, parallelism, io);
    const now = left === undefined ? stateText(job) : `${name} ${rescaleText(left)}`;
    if (now !== told) io.err(`${now}\n`);
    told = now;
    await new Promise<void>((resolve) => systemClock.schedule(LOOK_MS, resolve));
  }
}

/** Somebody else may have asked for another one meanwhile. */
function reached({ name, run }: JobDetails, wanted: number, io: Io): number {
  const parallelism = run?.parallelism;
  io.out(`${name} has parallelism ${parallelism}\n`);
  return parallelism === wanted ? EXIT.fine : EXIT.failed;
}

export const rescale: Command = { usage, run };
