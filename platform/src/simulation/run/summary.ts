/** Adds up the reports of many seeds. */
import { TransitionCoverage } from '../kernel/transition-coverage.js';
import type { RunStatistics, SeedOutcome } from './run-report.js';

export class Summary {
  readonly coverage = new TransitionCoverage();
  readonly #sums: Record<keyof RunStatistics, number> = {
    workers: 0,
    exchanges: 0,
    records: 0,
    checkpoints: 0,
    faults: 0,
    events: 0,
    virtualMs: 0,
  };
  #seeds = 0;
  readonly failed: SeedOutcome[] = [];

  add(report: SeedOutcome): void {
    this.#seeds++;
    for (const name of Object.keys(this.#sums) as (keyof RunStatistics)[]) this.#sums[name] += report.statistics[name];
    this.coverage.add(report.coverage);
    if (report.violation !== undefined) this.failed.push(report);
  }

  get seeds(): number {
    return this.#seeds;
  }

  mean(name: keyof RunStatistics): number {
    return this.#seeds === 0 ? 0 : Math.round((this.#sums[name] / this.#seeds) * 100) / 100;
  }

  /** The last line of the command. */
  toJson(): Readonly<Record<string, number>> {
    return {
      seeds: this.#seeds,
      failed: this.failed.length,
      meanWorkers: this.mean('workers'),
      meanExchanges: this.mean('exchanges'),
      meanRecords: this.mean('records'),
      meanCheckpoints: this.mean('checkpoints'),
      meanFaults: this.mean('faults'),
      unvisited: this.coverage.unvisited().length,
    };
  }
}
