/**
 * Threads that run worlds side by side.
 *
 * Invariants
 * - A thread has one piece of work at a time, and gets the next one when it has answered: pieces are taken in their order,
 *   as late as possible, and answered in any.
 * - A thread that breaks ends all: what it was asked for would be missing.
 */
import { Worker } from 'node:worker_threads';
import type { Outcome, Work } from './work.js';

const ENTRY = new URL('./world-thread.js', import.meta.url);

/**
 * Resolves when every piece is answered.
 * @param threads how many
 * @param told of each answer as it comes; what it throws ends all
 */
export async function runInThreads(
  works: Iterable<Work>,
  threads: number,
  told: (outcome: Outcome) => void,
): Promise<void> {
  const queue = works[Symbol.iterator]();
  await Promise.all(Array.from({ length: threads }, () => serve(queue, told)));
}

async function serve(queue: Iterator<Work>, told: (outcome: Outcome) => void): Promise<void> {
  const first = queue.next();
  if (first.done === true) return;
  const worker = new Worker(ENTRY);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a thread that runs worlds has ended with code ${code}`)));
      worker.on('message', (outcome: Outcome) => {
        try {
          told(outcome);
          const next = queue.next();
          if (next.done === true) resolve();
          else worker.postMessage(next.value);
        } catch (error) {
          reject(error as Error);
        }
      });
      worker.postMessage(first.value);
    });
  } finally {
    await worker.terminate();
  }
}
