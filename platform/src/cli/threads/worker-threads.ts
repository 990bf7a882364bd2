/**
 * The threads of a job's slots as Node's worker threads.
 *
 * Invariants
 * - A thread is told of every change of a table after those that it began with.
 */
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Table } from '../../operators/tables.js';
import type { SlotThread, SlotThreadEvents, SlotThreads } from '../../taskmanager/threads/slot-threads.js';
import type { TextStyle } from '../presentation/alert-text.js';
import { SLOT_THREAD_FILE } from '../slot-thread-file.js';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js';

export interface WorkerThreadsOptions {
  readonly graph: StreamGraph;
  readonly style: TextStyle;
  readonly tables: ReadonlyMap<string, Table>;
  log(message: string): void;
}

export class WorkerThreads implements SlotThreads {
  readonly #workers = new Set<Worker>();

  constructor(private readonly options: WorkerThreadsOptions) {}

  start(slot: number, events: SlotThreadEvents): SlotThread {
    const { graph, style, tables } = this.options;
    const rows = new Map([...tables].map(([name, table]) => [name, table.rows()]));
    const workerData: ThreadStart = { graph, style, tables: rows };
    const worker = new Worker(SLOT_THREAD_FILE, { workerData, name: `slot ${slot}` });
    this.#workers.add(worker);
    let reason: string | undefined;
    let isClosing = false;
    worker.on('message', (message: FromThread) => {
      if (message.from === 'slot') events.heard(message.report);
      else this.options.log(message.message);
    });
    worker.on('error', (error: unknown) => (reason = messageOf(error)));
    const ended = new Promise<void>((resolve) => {
      worker.on('exit', (code) => {
        this.#workers.delete(worker);
        if (!isClosing) events.lost(reason ?? `it ended with code ${code}`);
        resolve();
      });
    });
    const send = (message: ToThread): void => worker.postMessage(message);
    return {
      send: (command) => send({ to: 'slot', command }),
      close: () => {
        isClosing = true;
        send({ to: 'slot', command: { kind: 'close' } });
        return ended;
      },
    };
  }

  /** Told when a table has other rows. */
  tableReplaced(name: string): void {
    const table = this.options.tables.get(name);
    if (table === undefined) return;
    const message: ToThread = { to: 'table', name, rows: table.rows() };
    for (const worker of this.#workers) worker.postMessage(message);
  }
}
