/** The module of a thread that runs worlds: one piece of work at a time, each answered. */
import { parentPort } from 'node:worker_threads';
import { perform, type Work } from './work.js';

parentPort!.on('message', (work: Work) => {
  void perform(work).then((outcome) => parentPort!.postMessage(outcome));
});
