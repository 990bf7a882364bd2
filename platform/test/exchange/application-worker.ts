/** A worker process of an application: its slots' threads are those of `tidegate run`. */
import { join } from 'node:path';
import { SLOT_THREAD_FILE } from '../../src/cli/thread-files.js';
import { ProcessCells } from '../../src/cli/threads/process-cells.js';
import type { ApplicationStart } from '../../src/cli/threads/thread-messages.js';
import { WorkerThreads } from '../../src/cli/threads/worker-threads.js';
import { serveWorker } from '../../bench/cluster/serve-worker.js';

const cells = new ProcessCells();

serveWorker<undefined, never>(
  ({ graph, name, transport }) =>
    new WorkerThreads<ApplicationStart>({
      entry: SLOT_THREAD_FILE,
      start: () => ({
        graph,
        localDir: join(graph.settings.stateDir, name),
        style: { colour: false, width: 100 },
        tables: new Map(),
        cells: cells.memory,
        transport,
      }),
      log: (message) => process.stderr.write(`${message}\n`),
    }),
  () => undefined,
);
