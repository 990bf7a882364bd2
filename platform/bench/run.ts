/**
 * `npm run -s bench:run -- W2 1000000 [--backend heap|rocksdb]`: the YAML application, with its checkpoint each second, from
 * a JSON Lines file on disk to an alerts file, beside a bare loop of JSON.parse over the same file. Prints one JSON line;
 * `ratio` is eps / parseEps, medians of three runs of each, in turn, after a warm-up of each on a prefix.
 */
import { mkdtempSync, openSync, readSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cards, logins, orders } from '@tidegate/cep/bench/events';
import type { Workload } from '@tidegate/cep/bench/workload';
import { alertCount } from '../src/cli/presentation/run-summary.js';
import { checkApplication } from '../src/cli/check-application.js';
import { createRegistry } from '../src/cli/registry.js';
import { NO_TELEMETRY } from '../src/cli/telemetry/telemetry.js';
import { runJob } from '../src/cli/runtime/run-job.js';
import type { StateBackend } from '../src/job/graph-settings.js';
import type { StreamGraph } from '../src/job/stream-graph.js';
import { applicationOf } from './applications.js';

const RUNS = 3;
const WARM_UP_EVENTS = 100_000;
const CHUNK_BYTES = 1 << 16;

function eventsOf(workload: Workload, n: number): readonly object[] {
  return workload === 'W3' ? logins(n) : workload === 'W4' ? orders(n) : cards(n);
}

function writeEvents(workload: Workload, n: number, path: string): void {
  const file = openSync(path, 'w');
  let text = '';
  for (const event of eventsOf(workload, n)) {
    text += `${JSON.stringify(event)}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

/** Reads the file in chunks and parses each line: the least that anything can do with it. */
function parseLoop(path: string): number {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  let parsed = 0;
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
    const text = rest + chunk.toString('latin1', 0, read);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (typeof JSON.parse(text.slice(start, end)) === 'object') parsed++;
      start = end + 1;
    }
    rest = text.slice(start);
  }
  closeSync(file);
  return parsed;
}

function planOf(workload: Workload, folder: string, events: string, backend: StateBackend): StreamGraph {
  const path = join(folder, 'application.yaml');
  writeFileSync(path, applicationOf(workload, events));
  const { graph, diagnostics } = checkApplication(path, { env: {}, cwd: folder });
  if (graph === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { ...graph, settings: { ...graph.settings, state: { backend } } };
}

async function timed(work: () => number | Promise<number>): Promise<{ seconds: number; result: number }> {
  globalThis.gc?.();
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

async function runApplication(plan: StreamGraph): Promise<number> {
  const end = await runJob(
    plan,
    {
      registry: createRegistry(),
      live: false,
      start: { from: 'beginning' },
      allowNonRestoredState: false,
      telemetry: NO_TELEMETRY,
      secrets: new Set(),
    },
    (ended) => ended,
  );
  if (end.kind !== 'ran') throw new Error('a run from the beginning found that it had finished');
  const { outcome, metrics } = end;
  if (outcome.state === 'failed') throw outcome.cause;
  return alertCount(plan, metrics);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { backend: { type: 'string', default: 'heap' } },
  });
  const [workload = 'W2', count = '1000000'] = positionals as [Workload?, string?];
  const n = Number(count);
  const { backend } = values;
  if (backend !== 'heap' && backend !== 'rocksdb') throw new Error(`--backend is ${backend}; expected heap or rocksdb`);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  try {
    const [events, prefix] = [join(folder, 'events.jsonl'), join(folder, 'prefix.jsonl')];
    writeEvents(workload, n, events);
    writeEvents(workload, Math.min(n, WARM_UP_EVENTS), prefix);
    await runApplication(planOf(workload, folder, prefix, backend));
    parseLoop(prefix);
    const plan = planOf(workload, folder, events, backend);
    const run: number[] = [];
    const parse: number[] = [];
    let alerts = 0;
    for (let i = 0; i < RUNS; i++) {
      parse.push(n / (await timed(() => parseLoop(events))).seconds);
      const { seconds, result } = await timed(() => runApplication(plan));
      run.push(n / seconds);
      alerts = result;
    }
    const [eps, parseEps] = [Math.round(median(run)), Math.round(median(parse))];
    const { parallelism } = plan.settings;
    const ratio = Number((eps / parseEps).toFixed(3));
    process.stdout.write(`${JSON.stringify({ workload, n, parallelism, backend, eps, parseEps, ratio, alerts })}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
