/**
 * A thread that watches the slots of a run. It keeps no process alive, and no run fails for want of it.
 *
 * A thread takes 50 ms of a processor to start, which a short run should not spend: so it is started after a while.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { SlotWatcher } from '../../taskmanager/threads/slot-watch.js';
import { systemClock } from '../runtime/system-clock.js';
import { SLOT_WATCH_THREAD_FILE } from '../thread-files.js';
import type { SlotWatchStart } from './thread-messages.js';

/** @param afterMs 0: it sees also a first step that does not end, and so lets no timer fire */
export function watchSlots(afterMs: number): SlotWatcher {
  return (watched) => {
    let worker: Worker | undefined;
    const start = (): void => {
      const workerData: SlotWatchStart = { watched, isTerminal: process.stderr.isTTY };
      worker = new Worker(SLOT_WATCH_THREAD_FILE, { workerData, name: 'slot watch', env: SHARE_ENV });
      worker.unref();
      worker.on('error', () => undefined);
    };
    if (afterMs === 0) start();
    const cancel = afterMs === 0 ? undefined : systemClock.schedule(afterMs, start);
    return () => {
      cancel?.();
      void worker?.terminate();
    };
  };
}
