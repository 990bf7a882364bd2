/** What came of one simulated run. */
import type { Violation } from '../check/violation.js';
import type { Fault } from '../faults/fault.js';
import type { Trace } from '../kernel/trace.js';
import type { CoverageCounts, TransitionCoverage } from '../kernel/transition-coverage.js';
import type { WorldOptions } from './world-options.js';

export interface RunReport {
  readonly options: WorldOptions;
  readonly faults: readonly Fault[];
  /** Absent: everything held. */
  readonly violation?: Violation;
  readonly statistics: RunStatistics;
  readonly coverage: TransitionCoverage;
  readonly trace: Trace;
}

export interface RunStatistics {
  readonly workers: number;
  /** Hash exchanges. */
  readonly exchanges: number;
  readonly records: number;
  /** Completed. */
  readonly checkpoints: number;
  readonly faults: number;
  /** Of the kernel. */
  readonly events: number;
  readonly virtualMs: number;
}

/** What is kept of one of many seeds: plain data. */
export interface SeedOutcome {
  readonly kind: 'seed';
  readonly seed: number;
  /** Absent: everything held. */
  readonly violation?: Violation;
  readonly statistics: RunStatistics;
  readonly coverage: CoverageCounts;
}
