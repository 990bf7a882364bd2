/**
 * `bench:latency N`: N events, 1,000 a second, through two worker processes of one slot each, with a buffer timeout of 0.
 * Of those that go over to the other process, how long after they were due the operator there has them; the first second
 * does not count. Prints one JSON line, milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobFolder } from '../../src/cli/storage/job-folder.js';
import { ProcessJob } from '../cluster/process-job.js';
import type { BenchmarkOptions } from '../pipeline/environment.js';
import { latencyEnvironment, latencyGraph } from './job.js';
import { Latencies } from './latencies.js';

const WARM_UP_EVENTS = 500;

const events = Number(process.argv[2] ?? 20_000);
const stateDir = mkdtempSync(join(tmpdir(), 'tidegate-latency-'));
const options: BenchmarkOptions = { backend: 'heap', keys: 10_000, parallelism: 2, events, stateDir };
const folder = await JobFolder.open({ stateDir });
const latencies: number[] = [];
const job = new ProcessJob<BenchmarkOptions, readonly number[]>({
  graph: latencyGraph(options),
  environment: latencyEnvironment(options, folder.stateFiles, Latencies.allocate(0)),
  folder,
  worker: new URL('./worker.js', import.meta.url),
  job: options,
  news: (news) => void latencies.push(...news),
});
job.startWorker(1);
job.startWorker(1);
const { state, failure } = await job.run();
folder.release();
rmSync(stateDir, { recursive: true });
if (state !== 'finished') throw new Error(failure?.message ?? state);
const sorted = latencies.slice(WARM_UP_EVENTS).sort((a, b) => a - b);
const percentile = (p: number): number => Number(sorted[Math.floor((sorted.length - 1) * p)]!.toFixed(2));
process.stdout.write(
  `${JSON.stringify({ engine: 'tidegate', n: sorted.length, p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99), max: percentile(1) })}\n`,
);
