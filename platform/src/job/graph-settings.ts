/**
 * How a job runs, as the plan carries it: plain numbers, every default written out.
 *
 * Invariants
 * - Durations are integer milliseconds, sizes are bytes. Nothing here changes what the job finds.
 */
import type { ObjectStorageLocation } from './object-storage.js';

export interface GraphSettings {
  readonly parallelism: number;
  /** Number of key groups. */
  readonly maxParallelism: number;
  /** Absolute; the job's own folder. */
  readonly stateDir: string;
  /** Checkpoints are kept there instead of in `stateDir`; of the job alone. */
  readonly objectStorage?: ObjectStorageLocation;
  /** Absolute; relative paths of connectors are taken from here. */
  readonly baseDir: string;
  /** What a task makes waits so long at most for more to be sent with; 0: it is sent at each step. */
  readonly bufferTimeout: number;
  /** A record larger than this is bad. */
  readonly maxRecordBytes: number;
  /** Absent: no checkpoints, a run begins at the beginning. */
  readonly checkpoint?: CheckpointSettings;
  readonly restart: RestartSettings;
  readonly state: { readonly backend: StateBackend };
  readonly memory: MemorySettings;
}

export type StateBackend = 'rocksdb' | 'heap';

export interface CheckpointSettings {
  /** From the beginning of one checkpoint to that of the next. */
  readonly interval: number;
  readonly mode: 'exactly-once' | 'at-least-once';
  /**
   * Of mode `exactly-once`: how long barriers wait for each other before they overtake what is in flight. 0: they
   * overtake from the start (unaligned); absent: they wait for as long as it takes.
   */
  readonly alignedTimeout?: number;
  /** A checkpoint that is not complete by then is given up. */
  readonly timeout: number;
  /** How many completed checkpoints are kept; at least 1. */
  readonly retain: number;
  /** At least this long from the end of one checkpoint to the beginning of the next. */
  readonly minPause: number;
  /** So many checkpoints in a row may fail; one more is a failure of the job. */
  readonly tolerableFailures: number;
}

/** What happens after a failure; the strategies and their words are Apache Flink's. */
export type RestartSettings =
  | { readonly strategy: 'none' }
  | { readonly strategy: 'fixed-delay'; readonly attempts: number; readonly delay: number }
  | {
      readonly strategy: 'failure-rate';
      /** More failures than this within `interval` end the job. */
      readonly maxFailures: number;
      readonly interval: number;
      readonly delay: number;
    }
  | {
      readonly strategy: 'exponential-delay';
      /** The first delay; each further one is `multiplier` times as long, up to `max`. */
      readonly initial: number;
      readonly max: number;
      /** At least 1. */
      readonly multiplier: number;
      /** Each delay is changed at random by up to this part of it: 0.1 is from 0.9 to 1.1 times. From 0 to 1. */
      readonly jitter: number;
      /** After so long without a failure the delay is `initial` again. */
      readonly resetAfter: number;
    };

/** Bytes, per worker (a process with its slots). */
export interface MemorySettings {
  /** Of the state backend. */
  readonly stateBytes: number;
  /** Of the channels between tasks. */
  readonly networkBytes: number;
}
