/**
 * The entry of a slot's thread: makes the world that the slot's tasks need, as `runtime/run-job.ts` does for those of the
 * main thread, and connects it to the port. It ends when the slot is closed.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Table } from '../operators/tables.js';
import { SlotHost } from '../taskmanager/threads/slot-host.js';
import { createRegistry } from './registry.js';
import { failpoints } from './runtime/failpoints.js';
import { jobEnvironment } from './runtime/job-environment.js';
import { SpillDirectory } from './runtime/spill-directory.js';
import { CheckpointFolder } from './storage/checkpoint-folder.js';
import { storageRoot } from './storage/job-folder.js';
import type { FromThread, ThreadStart, ToThread } from './threads/thread-messages.js';

const { graph, style, tables: rows } = workerData as ThreadStart;
const { stateDir } = graph.settings;
const tables = new Map(graph.tables.map(({ name, key }) => [name, new Table(key, rows.get(name))]));
const spill = new SpillDirectory(stateDir);

const failpoint = failpoints(process.env['TIDEGATE_FAIL'], () => process.kill(process.pid, 'SIGKILL'));

function send(message: FromThread): void {
  parentPort!.postMessage(message);
}

const environment = jobEnvironment({
  graph,
  registry: createRegistry(),
  tables,
  spill,
  checkpoints: new CheckpointFolder(storageRoot(stateDir), failpoint),
  failpoint,
  style,
  log: (message) => send({ from: 'log', message }),
  // The live line is the main thread's, and so is what prints.
  beforePrint: () => undefined,
});
const host = new SlotHost(graph, environment, {
  send: (report) => send({ from: 'slot', report }),
  broken: (error) => {
    // As an uncaught error it ends the thread, and the process hears of it.
    queueMicrotask(() => {
      throw error;
    });
  },
  closed: () => {
    spill.remove();
    process.exit();
  },
});

parentPort!.on('message', (message: ToThread) => {
  if (message.to === 'slot') host.receive(message.command);
  else tables.get(message.name)?.replace(message.rows);
});
