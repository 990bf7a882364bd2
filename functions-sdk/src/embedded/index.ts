/**
 * The entry of a platform's thread of functions: a script that imports this first, then the module, and gives its
 * exports to `serveInThread`. The author of a function needs none of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { beginCollecting, collectedFunctions } from './collected-functions.js';
import { FunctionThread } from './function-thread.js';
import { MemoryBound } from './memory-bound.js';
import { Progress } from './progress.js';
import type { ThreadCall, ThreadStart } from './thread-messages.js';

const MIB = 1024 * 1024;

beginCollecting();

/** Throws a RangeError if the module has no function, or two of one type. */
export function serveInThread(exported: object): void {
  const port = parentPort;
  if (port === null) throw new Error('functions are served in a thread that a platform has started');
  const { progress: shared, timeoutMs, memoryBytes } = workerData as ThreadStart;
  const progress = new Progress(shared);
  // A promise that nobody looked after is a defect of the functions, and no reason to lose what the thread is doing.
  process.on('unhandledRejection', (reason) => console.error('a rejection that nobody handles:', reason));
  const thread = new FunctionThread({
    functions: collectedFunctions(exported),
    progress,
    memory: new MemoryBound(memoryBytes, (bytes) => {
      progress.keepsTooMuch(Math.ceil(bytes / MIB));
      process.exit();
    }),
    timeoutMs,
    report: (report, transfer) => port.postMessage(report, transfer),
  });
  port.on('message', (call: ThreadCall) => thread.receive(call));
  port.postMessage({ kind: 'ready', description: thread.description });
}
