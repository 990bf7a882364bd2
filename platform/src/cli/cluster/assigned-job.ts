/**
 * An assignment of a worker: the surroundings that a job's slots need there, and the JobWorker in them.
 *
 * Invariants
 * - What only this worker needs lies in a folder of the assignment's own, which is gone when it is closed.
 */
import { rm } from 'node:fs/promises';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Heartbeat } from '../../rpc/worker-messages.js';
import type { Registry } from '../../spec/registry.js';
import { JobWorker, type JobWorkerHost } from '../../taskmanager/job-worker.js';
import { systemClock } from '../runtime/system-clock.js';
import { TableLoader } from '../runtime/table-loader.js';
import { SLOT_THREAD_FILE } from '../thread-files.js';
import { ProcessCells } from '../threads/process-cells.js';
import type { ApplicationStart, TableReplaced } from '../threads/thread-messages.js';
import { WorkerThreads } from '../threads/worker-threads.js';
import { slotTransport } from './cluster-connection.js';

export interface AssignedJobOptions {
  readonly graph: StreamGraph;
  readonly slots: number;
  readonly heartbeat: Heartbeat;
  readonly registry: Registry;
  /** Of the assignment alone. */
  readonly localDir: string;
  readonly cluster: string;
  /** Of the worker and the assignment. */
  readonly name: string;
  log(message: string): void;
}

/** Alerts as text, where an egress prints them: nobody sees a worker's terminal. */
const PLAIN = { colour: false, width: 160 };

export class AssignedJob {
  readonly worker: JobWorker;
  readonly #tables: TableLoader;

  /** @throws TidegateError TG404 a table cannot be read; TG408 the network's memory is too small */
  constructor(
    private readonly options: AssignedJobOptions,
    host: JobWorkerHost,
  ) {
    const { graph, slots, heartbeat, registry, localDir, cluster, name, log } = options;
    const loader = new TableLoader(graph.tables, registry, systemClock, log);
    loader.load();
    const { memory: cells } = new ProcessCells();
    const rowsOf = (name: string) => loader.tables.get(name)?.rows() ?? [];
    const threads = new WorkerThreads<ApplicationStart, TableReplaced>({
      entry: SLOT_THREAD_FILE,
      start: (slot) => {
        const tables = new Map(graph.tables.map((table) => [table.name, rowsOf(table.name)]));
        const transport = slotTransport(cluster, `${name}/slot-${slot}`);
        return { graph, localDir, style: PLAIN, tables, cells, transport };
      },
      log,
    });
    this.#tables = loader;
    this.worker = new JobWorker({ graph, slots, heartbeat, threads, clock: systemClock }, host);
    loader.watch((table) => threads.notify({ table, rows: rowsOf(table) }));
    this.worker.start();
  }

  async close(): Promise<void> {
    this.#tables.close();
    await this.worker.close();
    await rm(this.options.localDir, { recursive: true, force: true });
  }
}
