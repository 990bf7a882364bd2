/** One run of the application in this process, as `tidegate run` does it, and how long it took from its first record on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkApplication } from '../../src/cli/check-application.js';
import { createRegistry } from '../../src/cli/registry.js';
import { runJob } from '../../src/cli/runtime/run-job.js';
import { NO_TELEMETRY, type Telemetry } from '../../src/cli/telemetry/telemetry.js';
import type { MetricSource } from '../../src/metrics/reading.js';

const LOOK_MS = 10;

export interface MeasuredRun {
  /** From the first record until the last one was read. */
  readonly readSeconds: number;
  /** From the first record to the end of the job: everything is evaluated, and the last transaction is over. */
  readonly seconds: number;
  /** In that time, of this process. */
  readonly cpuMicros: number;
}

/** @param folder for the run alone @param count of the records it reads */
export async function measuredRun(folder: string, application: string, count: number): Promise<MeasuredRun> {
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
  let first: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
  let last: number | undefined;
  const look = setInterval(() => {
    const read = recordsRead(sources);
    if (read > 0) first ??= { at: performance.now(), cpu: process.cpuUsage() };
    if (read >= count) last ??= performance.now();
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
  if (first === undefined) throw new Error('too few events to be measured');
  const { user, system } = process.cpuUsage(first.cpu);
  return {
    readSeconds: ((last ?? now) - first.at) / 1000,
    seconds: (now - first.at) / 1000,
    cpuMicros: user + system,
  };
}

function recordsRead(sources: readonly MetricSource[]): number {
  let sum = 0;
  for (const source of sources)
    for (const { name, value } of source()) if (name === 'tidegate.ingress.records') sum += value;
  return sum;
}
