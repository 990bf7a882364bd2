/**
 * An assignment of a worker: the surroundings that a job's slots need there, and the JobWorker in them.
 *
 * Invariants
 * - What its tasks have counted is told before it is closed, all of it.
 * - What only this worker needs lies in a folder of the assignment's own, which is gone when it is closed.
 */
import { rm } from 'node:fs/promises';
import type { Log } from '../../common/log.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { jobReadings } from '../../metrics/counted.js';
import type { MetricChange } from '../../metrics/registry.js';
import type { Heartbeat } from '../../rpc/worker-messages.js';
import type { Registry } from '../../spec/registry.js';
import { JobWorker, type JobWorkerHost } from '../../taskmanager/job-worker.js';
import { systemClock } from '../runtime/system-clock.js';
import { TableLoader } from '../runtime/table-loader.js';
import type { TlsFiles } from '../security/tls-credentials.js';
import { SLOT_THREAD_FILE } from '../thread-files.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { ProcessCells } from '../threads/process-cells.js';
import type { ApplicationStart, TableReplaced } from '../threads/thread-messages.js';
import { WorkerThreads } from '../threads/worker-threads.js';
import { slotTransport } from './cluster-connection.js';

/** How slots of workers reach each other. */
export interface DataPlane {
  /** Of this worker, for the others. */
  readonly host: string;
  /** Absent: without TLS. */
  readonly tls?: TlsFiles;
}

export interface AssignedJobOptions {
  readonly graph: StreamGraph;
  readonly slots: number;
  readonly heartbeat: Heartbeat;
  readonly registry: Registry;
  /** Of the assignment alone. */
  readonly localDir: string;
  readonly cluster: string;
  readonly data: DataPlane;
  /** Of the worker and the assignment. */
  readonly name: string;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

export interface AssignedJobHost extends JobWorkerHost {
  /** To the coordinator, which so knows what the whole job does. */
  counted(changes: readonly MetricChange[]): void;
}

const METRICS_MS = 1000;

/** Alerts as text, where an egress prints them: nobody sees a worker's terminal. */
const PLAIN = { colour: false, width: 160 };

export class AssignedJob {
  readonly worker: JobWorker;
  readonly #tables: TableLoader;
  readonly #unwatch: () => void;
  #cancelTimer: () => void = () => undefined;

  /** @throws TidegateError TG404 a table cannot be read; TG408 the network's memory is too small */
  constructor(
    private readonly options: AssignedJobOptions,
    private readonly host: AssignedJobHost,
  ) {
    const { graph, slots, heartbeat, registry, localDir, cluster, data, name, telemetry, log } = options;
    const { host: dataHost, ...security } = data;
    const loader = new TableLoader(graph.tables, registry, systemClock, log);
    loader.load();
    const { memory: cells } = new ProcessCells();
    const rowsOf = (name: string) => loader.tables.get(name)?.rows() ?? [];
    const threads = new WorkerThreads<ApplicationStart, TableReplaced>({
      entry: SLOT_THREAD_FILE,
      start: (slot) => {
        const tables = new Map(graph.tables.map((table) => [table.name, rowsOf(table.name)]));
        const transport = slotTransport(cluster, `${name}/slot-${slot}`, heartbeat, dataHost);
        return { graph, localDir, style: PLAIN, tables, cells, transport, traces: telemetry.traces, ...security };
      },
      log,
      export: (spans) => telemetry.export(spans),
    });
    this.#tables = loader;
    this.worker = new JobWorker({ graph, slots, heartbeat, threads, clock: systemClock }, host);
    loader.watch((table) => threads.notify({ table, rows: rowsOf(table) }));
    const { metrics } = this.worker;
    this.#unwatch = telemetry.watch(() => jobReadings(graph.name, metrics, systemClock.now()));
    this.#schedule();
    this.worker.start();
  }

  #schedule(): void {
    this.#cancelTimer = systemClock.schedule(METRICS_MS, () => {
      this.#count();
      this.#schedule();
    });
  }

  #count(): void {
    const changes = this.worker.metrics.takeChanges();
    if (changes.length > 0) this.host.counted(changes);
  }

  async close(): Promise<void> {
    this.#tables.close();
    this.#cancelTimer();
    await this.worker.close();
    this.#count();
    this.#unwatch();
    await rm(this.options.localDir, { recursive: true, force: true });
  }
}
