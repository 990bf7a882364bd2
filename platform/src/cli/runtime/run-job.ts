/**
 * Runs a planned job in this process until it ends or is stopped, and shows how it goes.
 *
 * Invariants
 * - The job runs from the plan as JSON, written and parsed back: nothing here has seen YAML.
 * - A first SIGINT or SIGTERM takes a last checkpoint and ends the job, which can be resumed; a second one ends the process.
 */
import { renderDuration } from '../../common/duration-text.js';
import { printableLines } from '../../common/printable.js';
import type { JobNotice } from '../../coordinator/job-events.js';
import type { JobStart } from '../../coordinator/job-options.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { JobMetrics } from '../../coordinator/job-metrics.js';
import { jobReadings } from '../../metrics/counted.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import type { Registry } from '../../spec/registry.js';
import { EmbeddedJob, type JobOutcome } from '../../taskmanager/embedded-job.js';
import type { AddressHost } from '../../rest/address-service.js';
import type { RestServer } from '../../rest/rest-server.js';
import type { ClusterAddress } from '../cluster/cluster-address.js';
import { JobAddresses } from '../functions/addresses/job-addresses.js';
import type { RunApiOptions } from '../functions/addresses/run-api.js';
import { ControlServer } from '../control/control-server.js';
import { commandsOf } from '../control/job-commands.js';
import { dropForeignInvocations, JobFolder } from '../storage/job-folder.js';
import { JobResult } from '../storage/job-result.js';
import { LiveLine } from '../presentation/live-line.js';
import { withoutSecrets } from '../presentation/without-secrets.js';
import { timeText } from '../presentation/time-text.js';
import { ProcessCells } from '../threads/process-cells.js';
import { SLOT_THREAD_FILE } from '../thread-files.js';
import type { ApplicationStart, TableReplaced } from '../threads/thread-messages.js';
import { BatchingTracer } from '../telemetry/batching-tracer.js';
import { jobTraces } from '../telemetry/job-traces.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { watchSlots } from '../threads/watch-slots.js';
import { WorkerThreads } from '../threads/worker-threads.js';
import { processFailpoints, type Failpoint } from './failpoints.js';
import { assertFilesDistinct } from './file-conflicts.js';
import { jobEnvironment } from './job-environment.js';
import { prepareResumption } from './resumption.js';
import { tellOfSlowStop } from './slow-stop.js';
import { SpillDirectory } from './spill-directory.js';
import { systemClock } from './system-clock.js';
import { TableLoader } from './table-loader.js';

export interface RunOptions {
  readonly registry: Registry;
  /** Shows the live line where stderr is a terminal. */
  readonly live: boolean;
  readonly start: JobStart;
  /** State that nothing in the application takes is left where it is. */
  readonly allowNonRestoredState: boolean;
  /** Values that must be written nowhere. */
  readonly secrets: ReadonlySet<string>;
  readonly telemetry: Telemetry;
  /** Where addresses of functions are shown and changed over HTTP. Absent: nowhere. */
  readonly rest?: ClusterAddress | undefined;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'ran'; readonly outcome: JobOutcome; readonly metrics: MetricRegistry }
  /** The run before this one finished the job and was ended before it could say so: nothing was left to do. */
  | { readonly kind: 'had-finished' };

const TEXT_WIDTH_WITHOUT_TERMINAL = 160;
const WATCH_AFTER_MS = 1000;

/** @param report says how it ended; only then does a finished job count as one that may begin anew */
export async function runJob<T>(plan: StreamGraph, options: RunOptions, report: (end: RunEnd) => T): Promise<T> {
  const graph = JSON.parse(JSON.stringify(plan)) as StreamGraph;
  assertFilesDistinct(graph);
  const cells = new ProcessCells();
  const failpoint = processFailpoints(cells.passes);
  const folder = await JobFolder.open(graph.settings, failpoint);
  try {
    const result = new JobResult(graph.settings.stateDir, folder.storage);
    const goesOn = options.start.from === 'latest' || options.start.from === 'latest-whole';
    const hadFinished = goesOn && (await result.isUntold());
    const end = hadFinished
      ? ({ kind: 'had-finished' } as const)
      : await runIn(folder, { cells, failpoint }, graph, options);
    failpoint('run.beforeReport');
    const reported = report(end);
    await result.tell();
    return reported;
  } finally {
    folder.release();
  }
}

async function runIn(
  folder: JobFolder,
  { cells, failpoint }: { readonly cells: ProcessCells; readonly failpoint: Failpoint },
  graph: StreamGraph,
  options: RunOptions,
): Promise<RunEnd> {
  const { registry, live, start, allowNonRestoredState, telemetry } = options;
  let line: LiveLine | undefined;
  const log = (message: string): void => {
    line?.clear();
    process.stderr.write(`${printableLines(message)}\n`);
  };
  if (folder.former !== undefined) log(diedBefore(folder.former));
  await dropForeignInvocations(graph.settings.stateDir, start);
  const resumption = await prepareResumption(folder, graph, options, log);
  const tables = new TableLoader(graph.tables, registry, systemClock, log);
  tables.load();
  const spill = new SpillDirectory(graph.settings.stateDir);
  const style = {
    colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    width: process.stdout.isTTY ? process.stdout.columns : TEXT_WIDTH_WITHOUT_TERMINAL,
  };
  const { traces: sampling } = telemetry;
  const tracer = sampling && new BatchingTracer(systemClock, sampling, (spans) => telemetry.export(spans));
  const environment = jobEnvironment({
    graph,
    registry,
    tables: tables.tables,
    spill,
    checkpoints: folder.stateFiles,
    failpoint,
    cells,
    localDir: graph.settings.stateDir,
    style,
    tracer,
    log,
    beforePrint: () => line?.clear(),
  });
  const rowsOf = (name: string) => tables.tables.get(name)?.rows() ?? [];
  const threads = new WorkerThreads<ApplicationStart, TableReplaced>({
    entry: SLOT_THREAD_FILE,
    start: () => ({
      graph,
      localDir: graph.settings.stateDir,
      style,
      tables: new Map(graph.tables.map(({ name }) => [name, rowsOf(name)])),
      cells: cells.memory,
      traces: sampling,
    }),
    log,
    export: (spans) => telemetry.export(spans),
  });
  const metrics = new JobMetrics(graph.name, systemClock.now, (reading) => telemetry.observe(reading));
  const traces = jobTraces(graph.name, telemetry, (text) => withoutSecrets(text, options.secrets));
  const job = new EmbeddedJob(graph, environment, {
    storage: folder.storage,
    random: { next: () => Math.random() },
    leader: folder.leader,
    start,
    mustExist: false,
    allowNonRestoredState,
    ...resumption,
    observe: (notice) => {
      metrics.hear(notice);
      traces?.hear(notice);
      tell(notice, start, log);
    },
    threads,
    // What has brought the last run to be killed may come again at once.
    watcher: watchSlots(folder.former === undefined ? WATCH_AFTER_MS : 0),
  });
  line = live && process.stderr.isTTY ? new LiveLine(graph, job.metrics, systemClock, process.stderr) : undefined;
  let endOfTelling = (): void => undefined;
  const release = onSignal(() => {
    endOfTelling = tellOfSlowStop(job, log);
    void job.stop();
  });
  const control = await ControlServer.open(graph.settings.stateDir, commandsOf(job, graph, start), log);
  let api: RestServer<AddressHost> | undefined;
  tables.watch((table) => threads.notify({ table, rows: rowsOf(table) }));
  line?.start();
  telemetry.watch(() => metrics.readings());
  telemetry.watch(() => jobReadings(graph.name, job.metrics, systemClock.now()));
  try {
    if (options.rest !== undefined) {
      const { openRunApi } = await import('../functions/addresses/run-api.js');
      api = await openRunApi(options.rest, runApiOf(job, graph, log));
    }
    return { kind: 'ran', outcome: await job.run(), metrics: job.metrics };
  } finally {
    await control.close();
    await api?.close();
    tracer?.flush();
    line?.stop();
    tables.close();
    spill.remove();
    release();
    endOfTelling();
  }
}

function runApiOf(job: EmbeddedJob, graph: StreamGraph, log: (message: string) => void): RunApiOptions {
  return { name: graph.name, addresses: new JobAddresses(graph, (question) => job.askAddress(question)), log };
}

/** Nobody is left to tell of such an end when it comes: the next run is the first that can. */
function diedBefore(pid: number): string {
  return (
    `warning: the run before this one (process ${pid}) was ended from outside: it was killed, had no memory left ` +
    '(exit code 134 or 137), or the machine stopped. Nothing that a checkpoint holds is lost.'
  );
}

/** What the watcher of a run should know of it. */
function tell(notice: JobNotice, start: JobStart, log: (message: string) => void): void {
  switch (notice.kind) {
    case 'attempt':
      if (notice.checkpoint !== undefined) {
        const what =
          start.from === 'savepoint' && notice.attempt === 1 ? 'the savepoint, now checkpoint' : 'checkpoint';
        log(`resumed from ${what} ${notice.checkpoint} of ${timeText(notice.timestamp ?? 0)}`);
      }
      break;
    case 'restart':
      log(`error[${notice.cause.code}]: ${notice.cause.message}; trying again in ${renderDuration(notice.afterMs)}`);
      break;
    case 'warning':
      log(`warning: ${notice.message}`);
      break;
    case 'checkpoint-ended':
      if (notice.statistics.reason !== undefined)
        log(`checkpoint ${notice.statistics.checkpoint} was given up: ${notice.statistics.reason}`);
      break;
    default:
  }
}

/** Calls back at the first signal to stop; the second one has its usual effect. */
function onSignal(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const release = (): void => {
    for (const signal of signals) process.off(signal, handler);
  };
  const handler = (): void => {
    release();
    stop();
  };
  for (const signal of signals) process.on(signal, handler);
  return release;
}
