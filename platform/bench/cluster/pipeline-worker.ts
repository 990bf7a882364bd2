/** A worker process of the benchmark: its slots are those of the pipeline, and it tells what they have counted. */
import { WorkerThreads } from '../../src/cli/threads/worker-threads.js';
import type { BenchmarkOptions } from '../pipeline/environment.js';
import type { SlotStart } from '../pipeline/slot-thread.js';
import { Tally } from '../pipeline/tally.js';
import { serveWorker, tell } from './serve-worker.js';

/** Of one worker, since its start. */
export interface WorkerNews {
  readonly worker: string;
  readonly given: number;
  readonly sum: number;
  /** User and system, microseconds. */
  readonly cpu: number;
}

const NEWS_MS = 20;

const tally = new Tally();
let name = '';

function news(): WorkerNews {
  const { user, system } = process.cpuUsage();
  return { worker: name, given: tally.given, sum: tally.sum, cpu: user + system };
}

serveWorker<BenchmarkOptions, WorkerNews>((start) => {
  name = start.name;
  setInterval(() => tell({ kind: 'news', news: news() }), NEWS_MS).unref();
  return new WorkerThreads<SlotStart>({
    entry: new URL('../pipeline/slot-thread.js', import.meta.url),
    start: () => ({ options: start.job, memory: tally.memory, transport: start.transport }),
    log: (message) => process.stderr.write(`${message}\n`),
  });
}, news);
