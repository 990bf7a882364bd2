/**
 * Runs a planned job in this process until it ends or is stopped, and shows how it goes.
 *
 * Invariants
 * - The job runs from the plan as JSON, written and parsed back: nothing here has seen YAML.
 * - A first SIGINT or SIGTERM stops the sources and lets the rest flow out; a second one ends the process.
 */
import type { StreamGraph } from '../../job/stream-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import type { Registry } from '../../spec/registry.js';
import { EmbeddedJob, type JobOutcome } from '../../taskmanager/embedded-job.js';
import { LiveLine } from '../presentation/live-line.js';
import { assertFilesDistinct } from './file-conflicts.js';
import { jobEnvironment } from './job-environment.js';
import { SpillDirectory } from './spill-directory.js';
import { systemClock } from './system-clock.js';
import { TableLoader } from './table-loader.js';

export interface RunOptions {
  readonly registry: Registry;
  /** Shows the live line where stderr is a terminal. */
  readonly live: boolean;
}

export interface FinishedRun {
  readonly outcome: JobOutcome;
  readonly metrics: MetricRegistry;
}

const TEXT_WIDTH_WITHOUT_TERMINAL = 160;

export async function runJob(plan: StreamGraph, { registry, live }: RunOptions): Promise<FinishedRun> {
  const graph = JSON.parse(JSON.stringify(plan)) as StreamGraph;
  assertFilesDistinct(graph);
  let line: LiveLine | undefined;
  const log = (message: string): void => {
    line?.clear();
    process.stderr.write(`${message}\n`);
  };
  const tables = new TableLoader(graph.tables, registry, systemClock, log);
  tables.load();
  const spill = new SpillDirectory(graph.settings.stateDir);
  const environment = jobEnvironment({
    graph,
    registry,
    tables: tables.tables,
    spill,
    style: {
      colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
      width: process.stdout.isTTY ? process.stdout.columns : TEXT_WIDTH_WITHOUT_TERMINAL,
    },
    log,
    beforePrint: () => line?.clear(),
  });
  const job = new EmbeddedJob(graph, environment);
  line = live && process.stderr.isTTY ? new LiveLine(graph, job.metrics, systemClock, process.stderr) : undefined;
  const release = onSignal(() => job.stop());
  tables.watch();
  line?.start();
  try {
    return { outcome: await job.run(), metrics: job.metrics };
  } finally {
    line?.stop();
    tables.close();
    spill.remove();
    release();
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
