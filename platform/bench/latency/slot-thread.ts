/** The entry of a thread for a slot of the latency benchmark. */
import { workerData } from 'node:worker_threads';
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { CheckpointFolder } from '../../src/cli/storage/checkpoint-folder.js';
import { storageRoot } from '../../src/cli/storage/checkpoint-storage.js';
import { logToProcess, serveSlot } from '../../src/cli/threads/serve-slot.js';
import { SocketTransport, type SocketTransportOptions } from '../../src/cli/transport/socket-transport.js';
import type { BenchmarkOptions } from '../pipeline/environment.js';
import { latencyEnvironment, latencyGraph } from './job.js';
import { Latencies } from './latencies.js';

export interface LatencySlotStart {
  readonly options: BenchmarkOptions;
  readonly memory: SharedArrayBuffer;
  readonly transport: SocketTransportOptions;
}

const { options, memory, transport } = workerData as LatencySlotStart;
const files = new CheckpointFolder(storageRoot(options.stateDir), () => undefined);
serveSlot({
  graph: latencyGraph(options),
  environment: latencyEnvironment(options, files, new Latencies(memory, options.events)),
  transport: new SocketTransport(transport, systemClock, logToProcess),
});
