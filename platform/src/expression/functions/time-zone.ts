/** Time zones by IANA name or offset, for the fields of timestamps. */
import { EvaluationError } from '../evaluation.js';

const OFFSET = /^([+-]?)(\d\d):(\d\d)$/;
const formats = new Map<string, Intl.DateTimeFormat | EvaluationError>();

/** What to add to UTC at this time. */
export function zoneOffsetMs(zone: string, ms: number): number | EvaluationError {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (hours !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (zone === 'UTC') return 0;
  const format = formatOf(zone);
  if (format instanceof EvaluationError) return format;
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return local.getTime() - Math.floor(ms / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat | EvaluationError {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | EvaluationError;
  try {
    format = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    format = new EvaluationError('invalid_argument', `unknown time zone ${JSON.stringify(zone.slice(0, 40))}`);
  }
  if (formats.size > 1000) formats.clear();
  formats.set(zone, format);
  return format;
}
