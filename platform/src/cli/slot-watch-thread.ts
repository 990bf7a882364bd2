/**
 * The entry of the thread that watches a run's slots. It writes to the process's stderr by itself: whoever would do that
 * for it may be what does not end.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { SlotWatch } from '../taskmanager/threads/slot-watch.js';
import { systemClock } from './runtime/system-clock.js';
import type { SlotWatchStart } from './threads/thread-messages.js';

const STDERR = 2;
/** Of a terminal's line that somebody else has written. */
const CLEAR_LINE = '\r\u001b[2K';

const { watched, isTerminal } = workerData as SlotWatchStart;

new SlotWatch(watched, systemClock, (message) => {
  writeSync(STDERR, `${isTerminal ? CLEAR_LINE : ''}warning: ${message}\n`);
});
