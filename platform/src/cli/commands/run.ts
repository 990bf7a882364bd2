/** `tidegate run`: checks an application and runs it in this process until its input ends or it is stopped. */
import { messageOf, TidegateError } from '../../common/errors.js';
import { printableLines } from '../../common/printable.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { parseArguments } from '../arguments.js';
import { checkApplication, pathOrDefault } from '../check-application.js';
import { briefReport } from '../diagnostics/brief-report.js';
import { hasErrors } from '../diagnostics/report.js';
import { EXIT, UsageError, usesColour, type Command, type Io } from '../io.js';
import { plural } from '../presentation/numbers-text.js';
import { runSummary } from '../presentation/run-summary.js';
import { withoutSecrets } from '../presentation/without-secrets.js';
import { isLoopback, parseAddress } from '../cluster/cluster-address.js';
import { createRegistry } from '../registry.js';
import { runJob, type RunEnd } from '../runtime/run-job.js';
import { openTelemetry } from '../telemetry/telemetry.js';
import { METRICS_HELP, METRICS_OPTION, telemetrySettings } from '../telemetry/telemetry-settings.js';
import { savepointFolder } from '../storage/savepoint-folder.js';

const usage = `Usage: tidegate run [PATH] [--parallelism N] [--from SAVEPOINT | --fresh] [--allow-non-restored-state] [--quiet]
                    [--metrics HOST:PORT] [--rest HOST:PORT]

Runs the application in PATH (a file, or a folder whose YAML files are one application) until its input ends, or until
SIGINT or SIGTERM. A run that did not come to its end, also one that was killed, goes on from its latest checkpoint; one
that has finished begins anew, unless it was killed before it could say so: then the next one says it, and runs nothing.

  --parallelism N  instead of settings.parallelism
  --from SAVEPOINT what a savepoint holds is where it begins: its folder, or its number among those of this job
  --fresh          begin anew, whatever an earlier run has left
  --allow-non-restored-state
                   leave state out that belongs to what the application does not have any more
  --allow-older-checkpoint
                   where the latest checkpoint is damaged, go on from one before it
  --quiet          no live line and no summary
${METRICS_HELP}  --rest HOST:PORT
                   show and change what functions remember over HTTP, as a cluster does: see docs/functions.md. On this
                   machine alone
`;

async function runApplication(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    parallelism: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    from: { type: 'string' },
    'allow-non-restored-state': { type: 'boolean', default: false },
    'allow-older-checkpoint': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    ...METRICS_OPTION,
    rest: { type: 'string' },
  });
  const settings = telemetrySettings({ role: 'run' }, values.metrics, io.env);
  const rest = values.rest === undefined ? undefined : parseAddress('rest', values.rest);
  if (rest !== undefined && !isLoopback(rest.host))
    throw new UsageError(
      `--rest ${values.rest} could be reached from outside this machine; a cluster has an API for others`,
    );
  const path = pathOrDefault(positionals[0], io);
  const { loaded, graph, diagnostics } = checkApplication(path, io);
  const { sources, secrets } = loaded;
  io.err(briefReport(diagnostics, path, { sources, secrets, colour: usesColour(io, 'err') }));
  if (hasErrors(diagnostics) || graph === undefined) return EXIT.failed;
  const plan = withParallelism(graph, values.parallelism);
  const start = startOf(values, plan, io);
  const telemetry = await openTelemetry(settings, (message) => io.err(`${message}\n`));
  try {
    const options = {
      telemetry,
      rest,
      registry: createRegistry(),
      live: !values.quiet,
      start,
      allowNonRestoredState: values['allow-non-restored-state'],
      secrets,
    };
    return await runJob(plan, options, (end) => report(end, plan, values.quiet, io));
  } catch (error) {
    io.err(failureText(error, secrets));
    return EXIT.failed;
  } finally {
    await telemetry.close();
  }
}

/** @throws why the job failed */
function report(end: RunEnd, plan: StreamGraph, isQuiet: boolean, io: Io): number {
  if (end.kind === 'had-finished') {
    io.err(HAD_FINISHED);
    return EXIT.fine;
  }
  const { outcome, metrics } = end;
  if (outcome.state === 'failed') {
    if (readerHasSeenEnough(outcome.cause, plan)) return EXIT.fine;
    if (outcome.restarts > 0) io.err(`the job gives up after ${plural(outcome.restarts, 'restart')}:\n`);
    throw outcome.cause;
  }
  if (isQuiet) return EXIT.fine;
  if (outcome.state === 'stopped') io.err('stopped: what was read so far is processed and written\n');
  showSummary(runSummary(plan, metrics), plan, io);
  return EXIT.fine;
}

const HAD_FINISHED =
  'finished: the run before this one had come to its end, and was ended before it could say so. All that it found is ' +
  'written; nothing was run now. Run it again to begin anew.\n';

interface StartValues {
  readonly from?: string;
  readonly fresh: boolean;
  readonly 'allow-older-checkpoint': boolean;
}

function startOf({ from, fresh, 'allow-older-checkpoint': older }: StartValues, { settings }: StreamGraph, io: Io) {
  if ([from !== undefined, fresh, older].filter(Boolean).length > 1)
    throw new UsageError('--from, --fresh and --allow-older-checkpoint are three places to begin at; choose one');
  if (fresh) return { from: 'beginning' } as const;
  if (from === undefined) return { from: older ? 'latest-whole' : 'latest' } as const;
  return { from: 'savepoint', folder: savepointFolder(from, settings.stateDir, io.cwd) } as const;
}

function withParallelism(graph: StreamGraph, text: string | undefined): StreamGraph {
  if (text === undefined) return graph;
  const parallelism = Number(text);
  const { maxParallelism } = graph.settings;
  if (!Number.isInteger(parallelism) || parallelism < 1 || parallelism > maxParallelism) {
    throw new TidegateError(
      'TG406',
      `--parallelism is ${JSON.stringify(text)}; expected 1 to ${maxParallelism} (settings.maxParallelism)`,
    );
  }
  return { ...graph, settings: { ...graph.settings, parallelism } };
}

/** To stdout, unless records for a program go there. */
function showSummary(lines: readonly string[], graph: StreamGraph, io: Io): void {
  const recordsOnStdout = graph.sinks.some(
    ({ connector, format }) => connector.type === 'stdout' && format.type !== 'text',
  );
  const text = `\n${lines.join('\n')}\n`;
  if (recordsOnStdout) io.err(text);
  else io.out(text);
}

/** `tidegate run | head -1`: nobody reads on, and stdout was all that the job wrote to. */
function readerHasSeenEnough(cause: Error, { sinks }: StreamGraph): boolean {
  return 'code' in cause && cause.code === 'closed' && sinks.every(({ connector }) => connector.type === 'stdout');
}

/** What ended the job, its code, if it is one of ours or a connector's, and what it says. */
function failureText(error: unknown, secrets: ReadonlySet<string>): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? `[${error.code}]` : '';
  return withoutSecrets(`error${code}: ${printableLines(messageOf(error))}\n`, secrets);
}

export const run: Command = { usage, run: runApplication };
