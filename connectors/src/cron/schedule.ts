/** When a schedule fires: text of cron in a time zone, as times. Milliseconds since 1970. */
import { ConnectorError } from '../api/index.js';
import { cronParser } from './library.js';

export interface ScheduleOptions {
  readonly schedule: string;
  readonly zone: string;
  /** Decides what `H` stands for. */
  readonly seed: string;
}

export class Schedule {
  /** Throws a ConnectorError `invalid-option` for what is no schedule or zone, or never fires. @param nowMs it fires after */
  constructor(
    private readonly options: ScheduleOptions,
    nowMs: number,
  ) {
    const { schedule, zone } = options;
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
    } catch {
      throw new ConnectorError('invalid-option', `the zone ${zone} of a schedule is no IANA time zone`);
    }
    const count = schedule.trim().split(/\s+/).length;
    if (!schedule.startsWith('@') && count !== 5 && count !== 6)
      throw new ConnectorError(
        'invalid-option',
        `the schedule "${schedule}" has ${count} places; it needs 5, or 6 with seconds`,
      );
    try {
      this.atOrAfter(nowMs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectorError('invalid-option', `the schedule "${schedule}" cannot be read: ${reason}`);
    }
  }

  atOrAfter(ms: number): number {
    return this.#from(ms - 1)
      .next()
      .getTime();
  }

  lastBefore(ms: number): number {
    return this.#from(ms).prev().getTime();
  }

  #from(ms: number) {
    const { schedule, zone, seed } = this.options;
    const { CronExpressionParser } = cronParser();
    return CronExpressionParser.parse(schedule, { tz: zone, currentDate: new Date(ms), hashSeed: seed });
  }
}
