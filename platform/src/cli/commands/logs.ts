/** `tidegate logs`: the last lines about a job of a cluster, of all its processes. */
import { printable } from '../../common/printable.js';
import type { JobLogEntry } from '../../coordinator/job-log.js';
import { COORDINATOR_HELP } from '../cluster/api-options.js';
import { jobArguments } from '../cluster/job-command.js';
import { EXIT, type Command, type Io } from '../io.js';
import { entryText } from '../logging/log-writer.js';
import { systemClock } from '../runtime/system-clock.js';

const usage = `Usage: tidegate logs NAME [--follow] [--coordinator HOST:PORT] [--json]

Prints the last lines that were written about a job, by the coordinator that leads and by the job's workers, oldest first.
Times are UTC, and those of who wrote the line.

  --follow                 go on until the job has ended
${COORDINATOR_HELP}
  --json                   each line as the API gives it
`;

const LOOK_MS = 500;
/** Of a worker's name: enough to tell them apart. */
const NAME_LENGTH = 8;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { name, client, has } = jobArguments(args, ['follow', 'json'], io);
  let seen = 0;
  for (;;) {
    // Asked first: what is written until then is printed, too.
    const hasEnded = !has('follow') || (await client.job(name)).endedAt !== undefined;
    for (const entry of await client.logs(name, seen)) {
      io.out(has('json') ? `${JSON.stringify(entry)}\n` : `${lineOf(entry)}\n`);
      seen = entry.number;
    }
    if (hasEnded) return EXIT.fine;
    await new Promise<void>((resolve) => systemClock.schedule(LOOK_MS, resolve));
  }
}

function lineOf(entry: JobLogEntry): string {
  const place = entry.worker === undefined ? 'coordinator' : `worker ${entry.worker.slice(0, NAME_LENGTH)}`;
  return printable(entryText(entry, place));
}

export const logs: Command = { usage, run };
