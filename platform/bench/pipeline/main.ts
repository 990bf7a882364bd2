/**
 * `npm run -s bench:pipeline -- heap|rocksdb KEYS PARALLELISM N`: source → key by → counter → discard, a checkpoint each
 * second, through the embedded job, with a thread for each slot but the first. The whole job once as a warm-up, then three
 * times; of each run what lies between 20 % of the events and the end. Prints one JSON line, of the median run. Events,
 * `check` and measure are those of the peer (Apache Flink's local job).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobFolder } from '../../src/cli/storage/job-folder.js';
import { WorkerThreads } from '../../src/cli/threads/worker-threads.js';
import { EmbeddedJob } from '../../src/taskmanager/embedded-job.js';
import { benchmarkEnvironment, type BenchmarkOptions } from './environment.js';
import { pipelineGraph } from './graph.js';
import type { SlotStart } from './slot-thread.js';
import { Tally } from './tally.js';

const REPETITIONS = 3;
const MEASURED_FROM = 0.2;

interface Run {
  readonly eps: number;
  readonly cpuUsPerEvent: number;
  readonly checkpoints: number;
  readonly check: number;
}

async function run(ofAll: Omit<BenchmarkOptions, 'stateDir'>): Promise<Run> {
  const stateDir = mkdtempSync(join(tmpdir(), 'tidegate-pipeline-'));
  const options = { ...ofAll, stateDir };
  const folder = await JobFolder.open({ stateDir });
  const tally = new Tally();
  let start: { readonly at: number; readonly cpu: NodeJS.CpuUsage; readonly given: number } | undefined;
  const onGiven = (count: number): void => {
    const given = tally.give(count);
    if (start === undefined && given >= options.events * MEASURED_FROM)
      start = { at: performance.now(), cpu: process.cpuUsage(), given };
  };
  let checkpoints = 0;
  const graph = pipelineGraph(options);
  const job = new EmbeddedJob(graph, benchmarkEnvironment(options, folder.stateFiles, tally, onGiven), {
    storage: folder.storage,
    random: { next: () => 0.5 },
    leader: folder.leader,
    start: { from: 'beginning' },
    mustExist: false,
    allowNonRestoredState: false,
    observe: (notice) => {
      if (notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed') checkpoints++;
    },
    threads: new WorkerThreads<SlotStart>({
      entry: new URL('./slot-thread.js', import.meta.url),
      start: () => ({ options, memory: tally.memory }),
      log: (message) => process.stderr.write(`${message}\n`),
    }),
  });
  const outcome = await job.run();
  if (outcome.state !== 'finished') throw outcome.state === 'failed' ? outcome.cause : new Error(outcome.state);
  if (start === undefined) throw new Error('too few events');
  const events = options.events - start.given;
  const { user, system } = process.cpuUsage(start.cpu);
  const seconds = (performance.now() - start.at) / 1000;
  folder.release();
  rmSync(stateDir, { recursive: true });
  return {
    eps: Math.round(events / seconds),
    cpuUsPerEvent: Number(((user + system) / events).toFixed(3)),
    checkpoints,
    check: tally.sum,
  };
}

const [backend, keys, parallelism, n] = process.argv.slice(2);
if (backend !== 'heap' && backend !== 'rocksdb') throw new Error('bench:pipeline heap|rocksdb KEYS PARALLELISM N');
const options = { backend, keys: Number(keys), parallelism: Number(parallelism), events: Number(n) } as const;
await run(options);
const runs: Run[] = [];
for (let i = 0; i < REPETITIONS; i++) runs.push(await run(options));
const median = runs.sort((a, b) => a.eps - b.eps)[runs.length >> 1]!;
process.stdout.write(
  `${JSON.stringify({
    engine: 'tidegate',
    backend,
    keys: options.keys,
    parallelism: options.parallelism,
    n: options.events,
    ...median,
    rssMB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  })}\n`,
);
