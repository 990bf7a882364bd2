/**
 * The entry of a thread for a slot of an application: makes the world that the slot's tasks need, as
 * `runtime/run-job.ts` does for those of the main thread.
 */
import { workerData } from 'node:worker_threads';
import { Table } from '../operators/tables.js';
import { createRegistry } from './registry.js';
import { processFailpoints } from './runtime/failpoints.js';
import { jobEnvironment } from './runtime/job-environment.js';
import { localStateOf, sayingWhatIsLocal } from './runtime/local-recovery.js';
import { SpillDirectory } from './runtime/spill-directory.js';
import { systemClock } from './runtime/system-clock.js';
import { openSockets } from './security/open-sockets.js';
import { openStateFiles } from './storage/checkpoint-storage.js';
import { BatchingTracer } from './telemetry/batching-tracer.js';
import { ProcessCells } from './threads/process-cells.js';
import { exportToProcess, logToProcess, serveSlot } from './threads/serve-slot.js';
import type { ApplicationStart, TableReplaced } from './threads/thread-messages.js';
import { SocketTransport } from './transport/socket-transport.js';
import { PLAIN_SOCKETS, type Sockets } from './transport/sockets.js';

const start = workerData as ApplicationStart;
const { graph, localDir, style, tables: rows, cells: memory, traces, transport, tls } = start;
const tables = new Map(graph.tables.map(({ name, key }) => [name, new Table(key, rows.get(name))]));
const spill = new SpillDirectory(localDir);
const cells = new ProcessCells(memory);
const failpoint = processFailpoints(cells.passes);

const stored = openStateFiles(graph.settings, failpoint);
// A run in one process has its checkpoints on its own disk already.
const local = transport === undefined ? undefined : localStateOf(stored, localDir, logToProcess);
const tracer = traces && new BatchingTracer(systemClock, traces, exportToProcess);
const environment = jobEnvironment({
  ...{ graph, tables, spill, failpoint, cells, localDir, style },
  registry: createRegistry(),
  checkpoints: local ?? stored,
  tracer,
  log: logToProcess,
  // The live line is the main thread's, and so is what prints.
  beforePrint: () => undefined,
});

if (transport === undefined || tls === undefined) serve(PLAIN_SOCKETS);
else {
  // When its certificate changes or expires, the process says so.
  const member = { cluster: transport.cluster, role: 'worker' } as const;
  void openSockets(tls, member, systemClock, () => undefined).then(({ sockets }) => serve(sockets));
}

function serve(sockets: Sockets): void {
  serveSlot<TableReplaced>({
    graph,
    environment: local === undefined ? environment : sayingWhatIsLocal(environment, local, logToProcess),
    ...(transport === undefined
      ? {}
      : { transport: new SocketTransport(transport, systemClock, logToProcess, sockets) }),
    notified: ({ table, rows }) => tables.get(table)?.replace(rows),
    closed: () => {
      tracer?.flush();
      spill.remove();
    },
  });
}
