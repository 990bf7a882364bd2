/** `tidegate submit`: has a cluster run an application. */
import { resolve } from 'node:path';
import type { Submission } from '../../rest/cluster-service.js';
import { parseArguments } from '../arguments.js';
import { pathOrDefault } from '../check-application.js';
import { InvalidApplication } from '../cluster/api-client.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { showResult, stateText, untilEnded } from '../cluster/job-command.js';
import { positiveInteger } from '../cluster/option-values.js';
import { readApplication } from '../cluster/read-application.js';
import { reportText } from '../diagnostics/report.js';
import { EXIT, UsageError, usesColour, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate submit [PATH] [--coordinator HOST:PORT] [--parallelism N] [--again] [--wait]
                       [--from SAVEPOINT | --fresh] [--allow-non-restored-state]

Submits the application in PATH (a file, or a folder whose YAML files are one application) to a coordinator, and prints the
job's name. Placeholders are filled from the coordinator's environment; files that the application names are read where the
coordinator and its workers run, relative paths as from PATH. The same application submitted once more changes nothing.

${COORDINATOR_HELP}
  --parallelism N          instead of settings.parallelism
  --again                  a job of this name that has ended begins again: from its latest checkpoint if it did not finish
  --from SAVEPOINT         what a savepoint holds is where it begins: its folder, or its number among those of this job
  --fresh                  begin anew, whatever an earlier job of this name has left
  --allow-non-restored-state
                           leave state out that belongs to what the application does not have any more
  --allow-older-checkpoint
                           where the latest checkpoint is damaged, go on from one before it
  --wait                   until the job has ended; the exit code is then the job's
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    ...COORDINATOR_OPTIONS,
    parallelism: { type: 'string' },
    again: { type: 'boolean', default: false },
    from: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    'allow-non-restored-state': { type: 'boolean', default: false },
    'allow-older-checkpoint': { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
  });
  const path = pathOrDefault(positionals[0], io);
  const client = clientOf(values, io);
  const parallelism =
    values.parallelism === undefined ? {} : { parallelism: positiveInteger('parallelism', values.parallelism) };
  const { files, baseDir, sources } = readApplication(path, io);
  try {
    const { job, isNew } = await client.submit({
      ...{ files, baseDir, ...parallelism, again: values.again },
      ...startOf(values, io),
    });
    if (!isNew)
      io.err(
        `${stateText(job)} (it was submitted before${job.endedAt === undefined ? '' : '; --again runs it again'})\n`,
      );
    if (!values.wait) {
      io.out(`${job.name}\n`);
      return EXIT.fine;
    }
    const result = await untilEnded(client, job.name, io);
    return result === undefined ? EXIT.failed : showResult(result, io);
  } catch (error) {
    if (!(error instanceof InvalidApplication)) throw error;
    io.err(reportText(error.diagnostics, 'text', { sources, secrets: new Set(), colour: usesColour(io, 'err') }));
    return EXIT.failed;
  }
}

interface StartValues {
  readonly from?: string;
  readonly fresh: boolean;
  readonly 'allow-non-restored-state': boolean;
  readonly 'allow-older-checkpoint': boolean;
}

/** As `tidegate run` has it. A path is the submitter's; a number the coordinator knows. */
function startOf({ from, fresh, ...allow }: StartValues, { cwd }: Io): Partial<Submission> {
  const { 'allow-older-checkpoint': allowOlderCheckpoint, 'allow-non-restored-state': allowNonRestoredState } = allow;
  if ([from !== undefined, fresh, allowOlderCheckpoint].filter(Boolean).length > 1)
    throw new UsageError('--from, --fresh and --allow-older-checkpoint are three places to begin at; choose one');
  return {
    ...(from === undefined ? {} : { from: /^(\d+$|s3:\/\/)/.test(from) ? from : resolve(cwd, from) }),
    ...(fresh ? { fresh } : {}),
    ...(allowOlderCheckpoint ? { allowOlderCheckpoint } : {}),
    ...(allowNonRestoredState ? { allowNonRestoredState } : {}),
  };
}

export const submit: Command = { usage, run };
