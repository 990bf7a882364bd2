/** `tidegate submit`: has a cluster run an application. */
import { parseArguments } from '../arguments.js';
import { pathOrDefault } from '../check-application.js';
import { InvalidApplication } from '../cluster/api-client.js';
import {
  clientOf,
  COORDINATOR_HELP,
  COORDINATOR_OPTION,
  showResult,
  stateText,
  untilEnded,
} from '../cluster/job-command.js';
import { positiveInteger } from '../cluster/option-values.js';
import { readApplication } from '../cluster/read-application.js';
import { reportText } from '../diagnostics/report.js';
import { EXIT, usesColour, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate submit [PATH] [--coordinator HOST:PORT] [--parallelism N] [--again] [--wait]

Submits the application in PATH (a file, or a folder whose YAML files are one application) to a coordinator, and prints the
job's name. Placeholders are filled from the coordinator's environment; files that the application names are read where the
coordinator and its workers run, relative paths as from PATH. The same application submitted once more changes nothing.

${COORDINATOR_HELP}
  --parallelism N          instead of settings.parallelism
  --again                  a job of this name that has ended begins again: from its latest checkpoint if it did not finish
  --wait                   until the job has ended; the exit code is then the job's
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    ...COORDINATOR_OPTION,
    parallelism: { type: 'string' },
    again: { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
  });
  const path = pathOrDefault(positionals[0], io);
  const client = clientOf(values.coordinator);
  const parallelism =
    values.parallelism === undefined ? {} : { parallelism: positiveInteger('parallelism', values.parallelism) };
  const { files, baseDir, sources } = readApplication(path, io);
  try {
    const { job, isNew } = await client.submit({ files, baseDir, ...parallelism, again: values.again });
    if (!isNew)
      io.err(
        `${stateText(job)} (it was submitted before${job.endedAt === undefined ? '' : '; --again runs it again'})\n`,
      );
    if (!values.wait) {
      io.out(`${job.name}\n`);
      return EXIT.fine;
    }
    const result = await untilEnded(client, job.name, (now) => io.err(`${stateText(now)}\n`));
    return result === undefined ? EXIT.failed : showResult(result, io);
  } catch (error) {
    if (!(error instanceof InvalidApplication)) throw error;
    io.err(reportText(error.diagnostics, 'text', { sources, secrets: new Set(), colour: usesColour(io, 'err') }));
    return EXIT.failed;
  }
}

export const submit: Command = { usage, run };
