/** When a schedule fires: text of cron in a time zone, as times. Milliseconds since 1970. */
import { ConnectorError, type OptionFault } from '../api/index.js';
import { cronParser } from './library.js';

export interface ScheduleOptions {
  readonly schedule: string;
  readonly zone: string;
  /** Decides what `H` stands for. */
  readonly seed: string;
}

/** What is wrong with a schedule: it is no schedule, its zone is none, or it never fires. @param nowMs it fires after */
export function scheduleFault(options: ScheduleOptions, nowMs: number): OptionFault | undefined {
  const { schedule, zone } = options;
  if (!isZone(zone)) return { option: 'zone', reason: `the zone ${zone} of a schedule is no IANA time zone` };
  const count = schedule.trim().split(/\s+/).length;
  if (!schedule.startsWith('@') && count !== 5 && count !== 6)
    return {
      option: 'schedule',
      reason: `the schedule "${schedule}" has ${count} places; it needs 5, or 6 with seconds`,
    };
  try {
    from(options, nowMs).next();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { option: 'schedule', reason: `the schedule "${schedule}" cannot be read: ${reason}` };
  }
}

export class Schedule {
  /** Throws a ConnectorError `invalid-option` for a fault of the schedule. @param nowMs it fires after */
  constructor(
    private readonly options: ScheduleOptions,
    nowMs: number,
  ) {
    const fault = scheduleFault(options, nowMs);
    if (fault !== undefined) throw new ConnectorError('invalid-option', fault.reason);
  }

  atOrAfter(ms: number): number {
    return from(this.options, ms - 1)
      .next()
      .getTime();
  }

  lastBefore(ms: number): number {
    return from(this.options, ms).prev().getTime();
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function from({ schedule, zone, seed }: ScheduleOptions, ms: number) {
  const { CronExpressionParser } = cronParser();
  return CronExpressionParser.parse(schedule, { tz: zone, currentDate: new Date(ms), hashSeed: seed });
}
