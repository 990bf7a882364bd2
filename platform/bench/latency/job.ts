/** The pipeline of `bench:pipeline`, fed at a pace and sent at once. */
import type { CheckpointFiles, JobEnvironment } from '../../src/taskmanager/environment.js';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import { benchmarkEnvironment, type BenchmarkOptions } from '../pipeline/environment.js';
import { PLAIN_FORMAT } from '../pipeline/event-source.js';
import { pipelineGraph } from '../pipeline/graph.js';
import { Tally } from '../pipeline/tally.js';
import { LatencyOperators, type Latencies } from './latencies.js';
import { PacedSource } from './paced-source.js';

export function latencyGraph(options: BenchmarkOptions): StreamGraph {
  const graph = pipelineGraph(options);
  return { ...graph, settings: { ...graph.settings, bufferTimeout: 0 } };
}

export function latencyEnvironment(
  options: BenchmarkOptions,
  files: CheckpointFiles,
  latencies: Latencies,
): JobEnvironment {
  return {
    ...benchmarkEnvironment(options, files, new Tally(), () => undefined),
    operators: new LatencyOperators(latencies),
    createSource: () => ({ source: new PacedSource(options.events), format: PLAIN_FORMAT }),
  };
}
