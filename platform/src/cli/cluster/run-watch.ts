/** What those who watch a run of a job see of it: since when it is as it is, its latest checkpoint, its log, metrics and traces. */
import type { CheckpointStatistics } from '../../checkpoint/checkpoint-statistics.js';
import type { Log, LogLevel } from '../../common/log.js';
import type { JobNotice } from '../../coordinator/job-events.js';
import type { JobMetrics } from '../../coordinator/job-metrics.js';
import type { JobTraces } from '../../coordinator/job-traces.js';
import { systemClock } from '../runtime/system-clock.js';

/** The checkpoint from which a run would go on, with when it was triggered: epoch ms. */
export type LatestCheckpoint = Pick<CheckpointStatistics, 'checkpoint' | 'triggeredAt'>;

export class RunWatch {
  #since = systemClock.now();
  #latest: LatestCheckpoint | undefined;
  #attempt: string | undefined;

  /** @param log told nothing that must not be shown */
  constructor(
    private readonly metrics: JobMetrics,
    private readonly traces: JobTraces | undefined,
    private readonly log: Log,
  ) {}

  /** When its JobMaster came into the state that it is in: epoch ms. */
  get since(): number {
    return this.#since;
  }

  get latest(): LatestCheckpoint | undefined {
    return this.#latest;
  }

  hear(notice: JobNotice): void {
    this.#note(notice);
    this.metrics.hear(notice);
    this.traces?.hear(notice);
    this.#say(notice);
  }

  #note(notice: JobNotice): void {
    if (notice.kind === 'job-state') this.#since = systemClock.now();
    else if (notice.kind === 'attempt') {
      const { checkpoint, timestamp } = notice;
      this.#attempt = `${notice.epoch}.${notice.attempt}`;
      if (checkpoint !== undefined) this.#latest = { checkpoint, triggeredAt: timestamp ?? this.#since };
    } else if (notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed')
      this.#latest = notice.statistics;
  }

  #say(notice: JobNotice): void {
    const attempt = this.#attempt === undefined ? {} : { attempt: this.#attempt };
    const log = (text: string, level: LogLevel): void => this.log(text, { level, ...attempt });
    if (notice.kind === 'attempt' && notice.checkpoint !== undefined)
      log(`goes on from checkpoint ${notice.checkpoint}`, 'info');
    else if (notice.kind === 'restart')
      log(`error[${notice.cause.code}]: ${notice.cause.message}; it is restarted`, 'error');
    else if (notice.kind === 'warning') log(`warning: ${notice.message}`, 'warn');
    else if (notice.kind === 'checkpoint-ended' && notice.statistics.reason !== undefined)
      log(`checkpoint ${notice.statistics.checkpoint} was given up: ${notice.statistics.reason}`, 'warn');
  }
}
