/** The thread of a `Pacer`: says when each message is due. Sleeps until shortly before, then spins, as the peer's source does. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Pace } from './pacer.js';

const SPIN_NS = 100_000;

const { begunNs, rate, n } = workerData as Pace;
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

for (let i = 0; i < n; i++) {
  const dueNs = begunNs + BigInt(Math.round((i * 1e9) / rate));
  for (let leftNs = leftOf(dueNs); leftNs > 0; leftNs = leftOf(dueNs))
    if (leftNs > SPIN_NS) Atomics.wait(never, 0, 0, (leftNs - SPIN_NS) / 1e6);
  parentPort!.postMessage(undefined);
}

function leftOf(dueNs: bigint): number {
  return Number(dueNs - process.hrtime.bigint());
}
