/**
 * What a job's JobMaster is to be measured by, made of what it tells: restarts, recoveries, checkpoints.
 *
 * Invariants
 * - Of restarts and checkpoints only what this leader has seen is counted.
 */
import type { CheckpointStatistics, SubtaskStatistics } from '../checkpoint/checkpoint-statistics.js';
import type { Reading } from '../metrics/reading.js';
import type { JobNotice } from './job-events.js';

/** Of a histogram. */
export type Observe = (reading: Reading) => void;

export class JobMetrics {
  readonly #states = new Map<string, string>();
  #state = 'initializing';
  #restarts = 0;
  #completed = 0;
  #failed = 0;
  readonly #inProgress = new Set<number>();
  #last: CheckpointStatistics | undefined;
  /** When the failure came that is being recovered from, epoch milliseconds. */
  #failedAt: number | undefined;

  /** @param observe told of each value of a histogram */
  constructor(
    private readonly job: string,
    private readonly now: () => number,
    private readonly observe: Observe,
  ) {}

  hear(notice: JobNotice): void {
    switch (notice.kind) {
      case 'job-state':
        this.#state = notice.state;
        return;
      case 'restart':
        this.#failedAt ??= this.now();
        return;
      case 'attempt':
        if (notice.attempt > 1) this.#restarts++;
        this.#states.clear();
        return;
      case 'execution-state':
        this.#states.set(notice.attempt, notice.state);
        return this.#recovered();
      case 'checkpoint-triggered':
        this.#inProgress.add(notice.barrier.checkpoint);
        return;
      case 'checkpoint-ended':
        return this.#ended(notice.statistics);
      default:
    }
  }

  *readings(): Generator<Reading> {
    const { job } = this;
    yield { name: 'tidegate.job.state', value: 1, labels: { job, state: this.#state } };
    yield { name: 'tidegate.job.restarts', value: this.#restarts, labels: { job } };
    yield { name: 'tidegate.checkpoint.completed', value: this.#completed, labels: { job } };
    yield { name: 'tidegate.checkpoint.failed', value: this.#failed, labels: { job } };
    yield { name: 'tidegate.checkpoint.in_progress', value: this.#inProgress.size, labels: { job } };
    if (this.#last === undefined) return;
    const reports = reportsOf(this.#last);
    const sum = (of: (report: SubtaskStatistics) => number): number => reports.reduce((all, one) => all + of(one), 0);
    const age = (this.now() - this.#last.triggeredAt) / 1000;
    yield { name: 'tidegate.checkpoint.last.size', value: sum(({ bytes }) => bytes), labels: { job } };
    yield { name: 'tidegate.checkpoint.last.full_size', value: sum(({ fullBytes }) => fullBytes), labels: { job } };
    const inFlight = sum(({ inFlightBytes }) => inFlightBytes);
    yield { name: 'tidegate.checkpoint.last.in_flight.size', value: inFlight, labels: { job } };
    yield { name: 'tidegate.checkpoint.last.age', value: age, labels: { job } };
  }

  #ended(statistics: CheckpointStatistics): void {
    this.#inProgress.delete(statistics.checkpoint);
    if (statistics.outcome === 'aborted') {
      this.#failed++;
      return;
    }
    this.#completed++;
    this.#last = statistics;
    const alignments = reportsOf(statistics).map(({ alignmentMs }) => alignmentMs);
    const labels = { job: this.job };
    this.observe({ name: 'tidegate.checkpoint.duration', value: statistics.durationMs / 1000, labels });
    const alignment = Math.max(0, ...alignments) / 1000;
    this.observe({ name: 'tidegate.checkpoint.alignment.duration', value: alignment, labels });
  }

  #recovered(): void {
    const states = [...this.#states.values()];
    if (this.#failedAt === undefined || !states.every((state) => state === 'running' || state === 'finished')) return;
    const value = (this.now() - this.#failedAt) / 1000;
    this.#failedAt = undefined;
    this.observe({ name: 'tidegate.job.recovery.duration', value, labels: { job: this.job } });
  }
}

function reportsOf({ subtasks }: CheckpointStatistics): readonly SubtaskStatistics[] {
  return [...subtasks.values()].flatMap((report) => ('declined' in report ? [] : [report]));
}
