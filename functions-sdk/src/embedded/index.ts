/**
 * The entry of a platform's thread of functions: a script that imports this first, then the module, and gives its
 * exports to `serveInThread`. The author of a function needs none of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { beginCollecting, collectedFunctions } from './collected-functions.js';
import { FunctionThread } from './function-thread.js';
import { Progress } from './progress.js';
import type { ThreadCall, ThreadStart } from './thread-messages.js';

beginCollecting();

/** Throws a RangeError if the module has no function, or two of one type. */
export function serveInThread(exported: object): void {
  const port = parentPort;
  if (port === null) throw new Error('functions are served in a thread that a platform has started');
  const { progress, timeoutMs } = workerData as ThreadStart;
  // A promise that nobody looked after is a defect of the functions, and no reason to lose what the thread is doing.
  process.on('unhandledRejection', (reason) => console.error('a rejection that nobody handles:', reason));
  const thread = new FunctionThread({
    functions: collectedFunctions(exported),
    progress: new Progress(progress),
    timeoutMs,
    report: (report, transfer) => port.postMessage(report, transfer),
  });
  port.on('message', (call: ThreadCall) => thread.receive(call));
  port.postMessage({ kind: 'ready', description: thread.description });
}
