/** The entry of a thread for a slot of the benchmark. */
import { workerData } from 'node:worker_threads';
import { CheckpointFolder } from '../../src/cli/storage/checkpoint-folder.js';
import { storageRoot } from '../../src/cli/storage/checkpoint-storage.js';
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { logToProcess, serveSlot } from '../../src/cli/threads/serve-slot.js';
import { SocketTransport, type SocketTransportOptions } from '../../src/cli/transport/socket-transport.js';
import { benchmarkEnvironment, type BenchmarkOptions } from './environment.js';
import { pipelineGraph } from './graph.js';
import { Tally } from './tally.js';

export interface SlotStart {
  readonly options: BenchmarkOptions;
  /** Of the tally. */
  readonly memory: SharedArrayBuffer;
  /** Of a slot of a worker process. */
  readonly transport?: SocketTransportOptions;
}

const { options, memory, transport } = workerData as SlotStart;
const tally = new Tally(memory);
const files = new CheckpointFolder(storageRoot(options.stateDir), () => undefined);
serveSlot({
  graph: pipelineGraph(options),
  ...(transport === undefined ? {} : { transport: new SocketTransport(transport, systemClock, logToProcess) }),
  environment: benchmarkEnvironment(options, files, tally, (count) => void tally.give(count)),
});
