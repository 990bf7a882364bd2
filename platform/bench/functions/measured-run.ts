/** One run of the application in this process, as `tidegate run` does it: warm-up, a pause, and the measured messages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry } from '../../src/cli/registry.js';
import { runJob } from '../../src/cli/runtime/run-job.js';
import { fileSystemHost } from '../../src/cli/spec-host.js';
import { NO_TELEMETRY } from '../../src/cli/telemetry/telemetry.js';
import type { StateBackend } from '../../src/job/graph-settings.js';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import { planApplication } from '../../src/plan/index.js';
import { loadApplication } from '../../src/spec/load.js';
import type { Registry } from '../../src/spec/registry.js';
import { counted } from './counted.js';
import { counterMessages } from './counter-messages.js';
import { COUNTED, COUNTER } from './counters.js';
import type { FunctionServerProcess } from './function-server.js';
import { Measurement, monotonicMs } from './measurement.js';

export interface MeasuredOptions {
  readonly keys: number;
  readonly n: number;
  /** Messages a second; 0: as many as are taken. */
  readonly rate: number;
  readonly warm: number;
  /** Of the measured part. */
  readonly secondsMax: number;
  readonly backend: StateBackend;
  /** Between checkpoints; undefined: there are none. */
  readonly interval: string | undefined;
}

const WARM_MS_MAX = 60_000;
const PAUSE_MS = 1000;

/** @param server of the functions; undefined: they run inside the worker, and their CPU is the platform's */
export async function measured(options: MeasuredOptions, server: FunctionServerProcess | undefined): Promise<object> {
  const { keys, n, rate, warm, secondsMax } = options;
  const measurement = new Measurement(keys, warm, n);
  const registry = withConnectors(measurement, rate);
  const stateDir = mkdtempSync(join(tmpdir(), 'tidegate-functions-'));
  const graph = planOf(applicationOf(options, server, stateDir), registry, stateDir);
  const run = runJob(
    graph,
    {
      registry,
      live: false,
      start: { from: 'beginning' },
      allowNonRestoredState: false,
      secrets: new Set(),
      telemetry: NO_TELEMETRY,
    },
    (end) => end,
  );
  const failed = run.then((end) => {
    if (end.kind === 'ran' && end.outcome.state === 'failed') throw end.outcome.cause;
  });
  const figures = measure(measurement, options, server);
  // Where the job fails nobody waits for them.
  figures.catch(() => undefined);
  const { seconds, cpuUs, ofServer } = await Promise.race([figures, failed.then(() => figures)]);
  if (measurement.answered === n) await failed;
  rmSync(stateDir, { recursive: true, force: true });
  const { answered, outOfOrder } = measurement;
  const sorted = measurement.latencies();
  const quantile = (q: number): number =>
    sorted.length === 0 ? -1 : rounded(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!, 2);
  return {
    ...{ keys, rate, n, answered, seconds: rounded(seconds, 2), perSecond: Math.round(answered / seconds) },
    ...{ p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) },
    averageBatch: ofServer === undefined ? null : rounded(ofServer.invocations / ofServer.requests, 2),
    platformCpuUs: rounded(cpuUs / answered, 1),
    nodeCpuUs: ofServer === undefined ? null : rounded(ofServer.cpuUs / ofServer.invocations, 1),
    outOfOrder,
    secondsMax,
  };
}

async function measure(
  measurement: Measurement,
  { n, warm, secondsMax }: MeasuredOptions,
  server: FunctionServerProcess | undefined,
) {
  await measurement.until(warm, WARM_MS_MAX);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const before = await server?.figures();
  const [cpu, begun] = [process.cpuUsage(), monotonicMs()];
  measurement.hasBegun = true;
  await measurement.until(warm + n, secondsMax * 1000);
  const seconds = (monotonicMs() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  measurement.isOver = true;
  const after = await server?.figures();
  const ofServer = before !== undefined &&
    after !== undefined && {
      requests: after.requests - before.requests,
      invocations: after.invocations - before.invocations,
      cpuUs: after.cpuUs - before.cpuUs,
    };
  return { seconds, cpuUs: user + system, ofServer: ofServer || undefined };
}

function withConnectors(measurement: Measurement, rate: number): Registry {
  const { sources, sinks, formats } = createRegistry();
  const [source, sink] = [counterMessages(measurement, rate), counted(measurement)];
  return {
    sources: new Map([...sources, [source.name, source]]),
    sinks: new Map([...sinks, [sink.name, sink]]),
    formats,
  };
}

/** One subtask, as in the peer. */
function applicationOf(
  { backend, interval }: MeasuredOptions,
  server: FunctionServerProcess | undefined,
  stateDir: string,
): string {
  const module = fileURLToPath(new URL('./counter-module.js', import.meta.url));
  const place = server === undefined ? `module: ${JSON.stringify(module)}` : `http: ${JSON.stringify(server.url)}`;
  return `name: counter
settings:
  stateDir: ${JSON.stringify(stateDir)}
  checkpoint: ${interval === undefined ? 'none' : `{ interval: ${interval} }`}
  state: { backend: ${backend} }
ingresses:
  messages: { counter-messages: {} }
functions:
  ${COUNTER}: { ${place} }
routes:
  each: { from: messages, to: { function: ${COUNTER}, id: key, type: io.statefun.types/string, value: value } }
egresses:
  counted: { counted: {}, typename: ${COUNTED}, format: bytes }
`;
}

function planOf(text: string, registry: Registry, baseDir: string): StreamGraph {
  const input = { texts: [{ file: 'application.yaml', text }], baseDir };
  const host = fileSystemHost({ env: {}, cwd: baseDir });
  const { application, positions, diagnostics } = loadApplication(input, { host, registry });
  if (application === undefined || positions === undefined)
    throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { graph, diagnostics: found } = planApplication(application, positions);
  if (graph === undefined) throw new Error(found.map(({ message }) => message).join('\n'));
  return graph;
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
