/**
 * `bench:cluster WORKERS N`: the keyed pipeline of `bench:pipeline` (RocksDB, 10,000 keys) with two slots, in one worker
 * process or in two, which then exchange half of all events over TCP. A warm-up and three runs; of each run what lies
 * between 20 % of the events and the end. Prints one JSON line, of the median run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobFolder } from '../../src/cli/storage/job-folder.js';
import { benchmarkEnvironment, type BenchmarkOptions } from '../pipeline/environment.js';
import { pipelineGraph } from '../pipeline/graph.js';
import { Tally } from '../pipeline/tally.js';
import type { WorkerNews } from './pipeline-worker.js';
import { ProcessJob } from './process-job.js';

const SLOTS = 2;
const KEYS = 10_000;
const REPETITIONS = 3;
const MEASURED_FROM = 0.2;

interface Run {
  readonly eps: number;
  readonly cpuUsPerEvent: number;
  readonly checkpoints: number;
  readonly check: number;
}

interface Moment {
  readonly at: number;
  readonly given: number;
  readonly cpu: number;
}

async function run(workers: number, ofAll: Omit<BenchmarkOptions, 'stateDir'>): Promise<Run> {
  const stateDir = mkdtempSync(join(tmpdir(), 'tidegate-cluster-'));
  const options = { ...ofAll, stateDir };
  const folder = await JobFolder.open({ stateDir });
  const news = new Map<string, WorkerNews>();
  const total = (of: 'given' | 'sum' | 'cpu'): number => [...news.values()].reduce((sum, each) => sum + each[of], 0);
  const now = (): Moment => ({ at: performance.now(), given: total('given'), cpu: total('cpu') });
  let start: Moment | undefined;
  let checkpoints = 0;
  let end: number | undefined;
  const job = new ProcessJob<BenchmarkOptions, WorkerNews>({
    graph: pipelineGraph(options),
    environment: benchmarkEnvironment(options, folder.stateFiles, new Tally(), () => undefined),
    folder,
    worker: new URL('./pipeline-worker.js', import.meta.url),
    job: options,
    news: (each) => {
      news.set(each.worker, each);
      if (start === undefined && total('given') >= options.events * MEASURED_FROM) start = now();
    },
    observe: (notice) => {
      if (notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed') checkpoints++;
      if (notice.kind === 'job-state' && notice.state === 'finished') end = performance.now();
    },
  });
  for (let worker = 0; worker < workers; worker++) job.startWorker(SLOTS / workers);
  const { state, failure } = await job.run();
  if (state !== 'finished' || end === undefined) throw new Error(failure?.message ?? state);
  if (start === undefined) throw new Error('too few events');
  folder.release();
  rmSync(stateDir, { recursive: true });
  const events = options.events - start.given;
  return {
    eps: Math.round((events / (end - start.at)) * 1000),
    cpuUsPerEvent: Number(((total('cpu') - start.cpu) / events).toFixed(3)),
    checkpoints,
    check: total('sum'),
  };
}

const [workers, events] = process.argv.slice(2).map(Number);
if ((workers !== 1 && workers !== 2) || events === undefined) throw new Error('bench:cluster 1|2 N');
const options = { backend: 'rocksdb', keys: KEYS, parallelism: SLOTS, events } as const;
await run(workers, options);
const runs: Run[] = [];
for (let i = 0; i < REPETITIONS; i++) runs.push(await run(workers, options));
const median = runs.sort((a, b) => a.eps - b.eps)[runs.length >> 1]!;
process.stdout.write(
  `${JSON.stringify({ engine: 'tidegate', workers, slots: SLOTS, keys: KEYS, n: events, ...median })}\n`,
);
