/** The far end of WorkerThreads: serves a slot in this thread, which ends when the slot is closed. */
import { parentPort } from 'node:worker_threads';
import type { LogFields } from '../../common/log.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { JobEnvironment } from '../../taskmanager/environment.js';
import type { DataTransport } from '../../taskmanager/remote/data-transport.js';
import { SlotHost, type SlotHostEvents } from '../../taskmanager/threads/slot-host.js';
import type { Span } from '../../tracing/span.js';
import type { FromThread, ToThread } from './thread-messages.js';

export interface ServedSlot<Notice = never> {
  readonly graph: StreamGraph;
  readonly environment: JobEnvironment;
  /** Of a slot that is reached by those of other processes. */
  readonly transport?: DataTransport;
  /** Told what the process has to say to the environment. */
  notified?(notice: Notice): void;
  /** The slot is closed: the last that is done here. */
  closed?(): void;
}

export function serveSlot<Notice>({ graph, environment, transport, notified, closed }: ServedSlot<Notice>): void {
  const events: SlotHostEvents = {
    send: (report) => sendToProcess({ from: 'slot', report }),
    broken: (error) => {
      // As an uncaught error it ends the thread, and the process hears of it.
      queueMicrotask(() => {
        throw error;
      });
    },
    closed: () => {
      closed?.();
      process.exit();
    },
  };
  const host = new SlotHost(graph, environment, events, transport);
  parentPort!.on('message', (message: ToThread<Notice>) => {
    if (message.to === 'slot') host.receive(message.command);
    else notified?.(message.notice);
  });
}

/** A line for whoever watches the job. */
export function logToProcess(message: string, fields: LogFields = {}): void {
  sendToProcess({ from: 'log', message, fields });
}

/** Spans that were made here since the last. */
export function exportToProcess(spans: readonly Span[]): void {
  sendToProcess({ from: 'tracer', spans });
}

function sendToProcess(message: FromThread): void {
  parentPort!.postMessage(message);
}
