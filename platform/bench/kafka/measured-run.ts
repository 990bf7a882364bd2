/**
 * One run of the application in this process, as `tidegate run` does it, and how long it took behind its first records: these warm
 * it, as each thread of a slot is new in each run, and compiles its code for itself.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkApplication } from '../../src/cli/check-application.js';
import { createRegistry } from '../../src/cli/registry.js';
import { runJob } from '../../src/cli/runtime/run-job.js';
import { NO_TELEMETRY, type Telemetry } from '../../src/cli/telemetry/telemetry.js';
import type { MetricSource } from '../../src/metrics/reading.js';

const LOOK_MS = 10;

export interface MeasuredRun {
  /** Records that were read in that time. */
  readonly count: number;
  /** From when it was warm until the last one was read. */
  readonly readSeconds: number;
  /** From then to the end of the job: everything is evaluated, and the last transaction is over. */
  readonly seconds: number;
  /** In that time, of this process. */
  readonly cpuMicros: number;
  /** From the first record to the end of the job. */
  readonly secondsFromCold: number;
}

export interface RecordCounts {
  /** Of the records behind which it is warm. */
  readonly warm: number;
  readonly all: number;
}

/** @param folder for the run alone */
export async function measuredRun(folder: string, application: string, counts: RecordCounts): Promise<MeasuredRun> {
  const path = join(folder, 'application.yaml');
  writeFileSync(path, application);
  const { graph, diagnostics } = checkApplication(path, { env: {}, cwd: folder });
  if (graph === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const sources: MetricSource[] = [];
  const telemetry: Telemetry = {
    ...NO_TELEMETRY,
    watch: (source) => {
      sources.push(source);
      return () => undefined;
    },
  };
  let first: number | undefined;
  let warm: { readonly at: number; readonly cpu: NodeJS.CpuUsage; readonly read: number } | undefined;
  let last: number | undefined;
  const look = setInterval(() => {
    const read = recordsRead(sources);
    const at = performance.now();
    if (read > 0) first ??= at;
    if (read >= counts.warm) warm ??= { at, cpu: process.cpuUsage(), read };
    if (read >= counts.all) last ??= at;
  }, LOOK_MS);
  try {
    const options = { registry: createRegistry(), live: false, start: { from: 'beginning' } as const, telemetry };
    const end = await runJob(
      graph,
      { ...options, allowNonRestoredState: false, secrets: new Set<string>() },
      (ended) => ended,
    );
    if (end.kind !== 'ran') throw new Error('a run from the beginning found that it had finished');
    if (end.outcome.state === 'failed') throw end.outcome.cause;
  } finally {
    clearInterval(look);
  }
  const now = performance.now();
  if (first === undefined || warm === undefined) throw new Error('too few events to be measured');
  const { user, system } = process.cpuUsage(warm.cpu);
  return {
    count: counts.all - warm.read,
    readSeconds: ((last ?? now) - warm.at) / 1000,
    seconds: (now - warm.at) / 1000,
    cpuMicros: user + system,
    secondsFromCold: (now - first) / 1000,
  };
}

function recordsRead(sources: readonly MetricSource[]): number {
  let sum = 0;
  for (const source of sources)
    for (const { name, value } of source()) if (name === 'tidegate.ingress.records') sum += value;
  return sum;
}
