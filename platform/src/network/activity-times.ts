/**
 * How a task spends its time, as Apache Flink's metrics have it: back-pressured while its outputs have no credit
 * (`RecordWriter.hasCredit`), idle while nothing has come (`InputGate.poll`), busy otherwise.
 */
export type Activity = 'busy' | 'idle' | 'back-pressured';

export class ActivityTimes {
  #activity: Activity = 'idle';
  readonly #spentMs: Record<Activity, number> = { busy: 0, idle: 0, 'back-pressured': 0 };

  /** @param since `Clock.monotonic()` when the task began */
  constructor(private since: number) {}

  /** @param now `Clock.monotonic()` */
  become(activity: Activity, now: number): void {
    this.#spentMs[this.#activity] += now - this.since;
    this.since = now;
    this.#activity = activity;
  }

  /** Milliseconds since the task began. */
  spentMs(activity: Activity, now: number): number {
    return this.#spentMs[activity] + (activity === this.#activity ? now - this.since : 0);
  }
}
