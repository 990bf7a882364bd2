/** The world of one slot of the benchmark: generated events, the counter, and stores and checkpoints as in `tidegate run`. */
import { join } from 'node:path';
import { storeOpener } from '../../src/cli/runtime/open-keyed-store.js';
import { systemClock, yieldToEventLoop } from '../../src/cli/runtime/system-clock.js';
import type { StateBackend } from '../../src/job/graph-settings.js';
import type { CheckpointFiles, JobEnvironment } from '../../src/taskmanager/environment.js';
import { CounterOperators } from './counter-operator.js';
import { EventSource, PLAIN_FORMAT } from './event-source.js';
import type { Tally } from './tally.js';

export const STATE_BYTES = 256 * 1024 * 1024;

export interface BenchmarkOptions {
  readonly backend: StateBackend;
  readonly keys: number;
  readonly parallelism: number;
  readonly events: number;
  readonly stateDir: string;
}

export function benchmarkEnvironment(
  { backend, keys, parallelism, events, stateDir }: BenchmarkOptions,
  files: CheckpointFiles,
  tally: Tally,
  onGiven: (count: number) => void,
): JobEnvironment {
  return {
    clock: systemClock,
    yieldToEventLoop,
    tables: new Map(),
    spill: {
      create: () => {
        throw new Error('nothing is sorted');
      },
    },
    operators: new CounterOperators(tally),
    checkpoints: files,
    openKeyedStore: storeOpener({
      backend,
      folder: join(stateDir, 'databases'),
      memoryBytes: STATE_BYTES,
      files,
      warnOfHeap: (reason) => {
        throw new Error(reason);
      },
    }),
    createSource: () => ({
      source: new EventSource({ events, keys, splits: parallelism, onGiven }),
      format: PLAIN_FORMAT,
    }),
    createSink: () => {
      throw new Error('the counts are discarded');
    },
  };
}
