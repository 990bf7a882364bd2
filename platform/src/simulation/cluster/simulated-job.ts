/**
 * The job that the world runs, as whoever leads finds it described: its graph changes when it is rescaled.
 *
 * Invariants
 * - Tasks of an epoch run the graph with which its leader began.
 */
import type { JobStart } from '../../coordinator/job-options.js';
import { buildJobGraph, type JobGraph } from '../../job/job-graph.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { WorldOptions } from '../run/world-options.js';
import { probeGraph } from '../workload/probe-graph.js';

export interface JobVersion {
  readonly graph: StreamGraph;
  readonly job: JobGraph;
}

const LATEST: JobStart = { from: 'latest' };

export class SimulatedJob {
  #version: JobVersion;
  #start: JobStart = LATEST;
  /** It has come to its end on its own: nobody runs it again. */
  isFinished = false;
  readonly #byEpoch = new Map<number, JobVersion>();

  constructor(private readonly options: WorldOptions) {
    this.#version = versionOf(options, options.parallelism);
  }

  get version(): JobVersion {
    return this.#version;
  }

  rescale(parallelism: number, maxParallelism: number): void {
    this.#version = versionOf({ ...this.options, maxParallelism }, parallelism);
  }

  /** The next leader, and no other, is told to start from a savepoint. */
  startFrom(folder: string): void {
    this.#start = { from: 'savepoint', folder };
  }

  /** How the next leader starts. */
  takeStart(): JobStart {
    const start = this.#start;
    this.#start = LATEST;
    return start;
  }

  /** A leader begins its epoch with a version. */
  begin(epoch: number, version: JobVersion): void {
    this.#byEpoch.set(epoch, version);
  }

  of(epoch: number): JobVersion {
    const version = this.#byEpoch.get(epoch);
    if (version === undefined) throw new Error(`nobody has begun the epoch ${epoch}`);
    return version;
  }
}

function versionOf(options: WorldOptions, parallelism: number): JobVersion {
  const graph = probeGraph({ ...options, parallelism });
  return { graph, job: buildJobGraph(graph) };
}
