/** The far end of WorkerProcesses: a worker of one job, as the main thread of this process. */
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { buildJobGraph } from '../../src/job/job-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { LeaderConnection } from '../../src/taskmanager/leader-connection.js';
import type { SlotThreads } from '../../src/taskmanager/threads/slot-threads.js';
import { StepCell } from '../../src/taskmanager/threads/step-cell.js';
import { ThreadedTaskManager } from '../../src/taskmanager/threads/threaded-task-manager.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';

const HEARTBEAT_MS = 500;
const TIMEOUT_MS = 10_000;

/** @param threadsOf what runs the slots @param closed the last that is done here */
export function serveWorker<Job, News>(
  threadsOf: (start: WorkerStart<Job>) => SlotThreads,
  closed: () => News | undefined,
): void {
  let worker: Worker | undefined;
  process.on('message', (message: ToWorker<Job>) => {
    switch (message.kind) {
      case 'start':
        worker = new Worker(message, threadsOf(message));
        return;
      case 'message':
        return worker?.connection.receive(message.to, message.message);
      case 'close':
        void worker?.taskManager.close().then(() => {
          const news = closed();
          if (news !== undefined) tell<News>({ kind: 'news', news });
          process.disconnect();
        });
    }
  });
  process.on('disconnect', () => process.exit());
}

export function tell<News>(message: FromWorker<News>): void {
  process.send?.(message);
}

class Worker {
  readonly taskManager: ThreadedTaskManager;
  readonly connection: LeaderConnection;
  #registrations = 0;
  #isLocated = false;

  constructor({ name, slots, graph }: WorkerStart<unknown>, threads: SlotThreads) {
    this.connection = new LeaderConnection(
      { slots, heartbeatMs: HEARTBEAT_MS, timeoutMs: TIMEOUT_MS },
      systemClock,
      {
        newName: () => `${name}.${++this.#registrations}`,
        send: (name, report) => tell({ kind: 'report', name, report }),
        command: (command) => this.taskManager.command(command),
      },
      undefined,
    );
    this.taskManager = new ThreadedTaskManager({
      job: buildJobGraph(graph),
      networkBytes: graph.settings.memory.networkBytes,
      threads,
      metrics: new MetricRegistry(),
      report: (report) => this.connection.report(report),
      steps: StepCell.allocate(slots),
      listening: {
        slots,
        located: (addresses) => {
          this.connection.locate(addresses);
          if (!this.#isLocated) this.connection.start();
          this.#isLocated = true;
        },
        broken: (reason) => {
          throw new Error(reason);
        },
      },
    });
    this.taskManager.start();
  }
}
