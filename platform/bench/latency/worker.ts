/** A worker process of the latency benchmark. */
import { WorkerThreads } from '../../src/cli/threads/worker-threads.js';
import { serveWorker } from '../cluster/serve-worker.js';
import type { BenchmarkOptions } from '../pipeline/environment.js';
import { Latencies } from './latencies.js';
import type { LatencySlotStart } from './slot-thread.js';

let latencies: Latencies | undefined;

serveWorker<BenchmarkOptions, readonly number[]>(
  ({ job: options, transport }) => {
    const { memory } = (latencies = Latencies.allocate(options.events));
    return new WorkerThreads<LatencySlotStart>({
      entry: new URL('./slot-thread.js', import.meta.url),
      start: () => ({ options, memory, transport }),
      log: (message) => process.stderr.write(`${message}\n`),
    });
  },
  () => latencies?.all(),
);
