/** The far end of WorkerProcesses: a worker of one job, as the main thread of this process. */
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { JobWorker } from '../../src/taskmanager/job-worker.js';
import type { SlotThreads } from '../../src/taskmanager/threads/slot-threads.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';

const HEARTBEAT = { intervalMs: 500, timeoutMs: 10_000 };

/** @param threadsOf what runs the slots @param closed the last that is done here */
export function serveWorker<Job, News>(
  threadsOf: (start: WorkerStart<Job>) => SlotThreads,
  closed: () => News | undefined,
): void {
  let worker: JobWorker | undefined;
  process.on('message', (message: ToWorker<Job>) => {
    switch (message.kind) {
      case 'start':
        worker = createWorker(message, threadsOf(message));
        return worker.start();
      case 'message':
        return worker?.receive(message.to, message.message);
      case 'close':
        void worker?.close().then(() => {
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

function createWorker({ name, slots, graph }: WorkerStart<unknown>, threads: SlotThreads): JobWorker {
  let registrations = 0;
  return new JobWorker(
    { graph, slots, heartbeat: HEARTBEAT, threads, clock: systemClock },
    {
      newName: () => `${name}.${++registrations}`,
      send: (name, report) => tell({ kind: 'report', name, report }),
      broken: ({ message }) => {
        throw new Error(message);
      },
    },
  );
}
