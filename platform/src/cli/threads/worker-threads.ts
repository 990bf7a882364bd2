/**
 * The threads of a job's slots as Node's worker threads. What they run is a module that makes the slot's environment and
 * serves the slot in it (`serve-slot.ts`): an application's is `slot-thread.ts`.
 *
 * Invariants
 * - A thread is told of everything that comes after what it began with.
 */
import { Worker } from 'node:worker_threads';
import type { Log } from '../../common/log.js';
import { messageOf } from '../../common/errors.js';
import type { SlotThread, SlotThreadEvents, SlotThreads } from '../../taskmanager/threads/slot-threads.js';
import type { Span } from '../../tracing/span.js';
import type { FromThread, ToThread } from './thread-messages.js';

export interface WorkerThreadsOptions<Start> {
  readonly entry: URL;
  /** What a slot's thread begins with, as of now; it is copied. */
  start(slot: number): Start;
  readonly log: Log;
  /** Absent: no thread makes spans. */
  export?(spans: readonly Span[]): void;
}

export class WorkerThreads<Start, Notice = never> implements SlotThreads {
  readonly #workers = new Set<Worker>();

  constructor(private readonly options: WorkerThreadsOptions<Start>) {}

  start(slot: number, events: SlotThreadEvents): SlotThread {
    const { entry, log } = this.options;
    const worker = new Worker(entry, { workerData: this.options.start(slot), name: `slot ${slot}` });
    this.#workers.add(worker);
    let reason: string | undefined;
    let isClosing = false;
    worker.on('message', (message: FromThread) => {
      if (message.from === 'slot') events.heard(message.report);
      else if (message.from === 'tracer') this.options.export?.(message.spans);
      else log(message.message, message.fields);
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

  /** Tells every thread. */
  notify(notice: Notice): void {
    const message: ToThread<Notice> = { to: 'environment', notice };
    for (const worker of this.#workers) worker.postMessage(message);
  }
}
