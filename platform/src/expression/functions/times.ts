/** Functions on timestamps and durations. Fields of a timestamp are in UTC, or in the zone that is given. */
import { EvaluationError } from '../evaluation.js';
import type { Int } from '../integer.js';
import { TIMESTAMP_MAX_NANOS, TIMESTAMP_MIN_NANOS, parseDurationText, parseTimestampText } from '../time-text.js';
import type { Values } from '../values.js';
import { withValues } from './definition.js';
import type { FunctionDefinition } from './definition.js';
import { zoneOffsetMs } from './time-zone.js';

const MS_PER_DAY = 86_400_000;

function timestampOf(text: string, values: Values): unknown {
  const nanos = parseTimestampText(text);
  return nanos === undefined
    ? new EvaluationError(
        'invalid_argument',
        `${JSON.stringify(text.slice(0, 40))} is no timestamp such as "2026-01-31T12:00:00Z"`,
      )
    : values.timestamp(nanos);
}

function timestampOfSeconds(seconds: Int, values: Values): unknown {
  const nanos = BigInt(seconds) * 1_000_000_000n;
  if (nanos < TIMESTAMP_MIN_NANOS || nanos > TIMESTAMP_MAX_NANOS)
    return new EvaluationError('overflow', 'the timestamp is beyond the years 1 to 9999');
  return values.timestamp(nanos);
}

function durationOf(text: string, values: Values): unknown {
  const nanos = parseDurationText(text, !values.strict);
  return nanos === undefined
    ? new EvaluationError('invalid_argument', `${JSON.stringify(text.slice(0, 40))} is no duration such as "1h30m"`)
    : values.duration(nanos);
}

/** A field of a timestamp, read from its date in the zone as if that were UTC. */
function field(name: string, description: string, example: string, read: (date: Date) => number): FunctionDefinition {
  return {
    name,
    description,
    example,
    overloads: {
      [`timestamp.${name}() -> int`]: withValues(
        (values) => (time: unknown) => read(new Date(values.milliseconds(time))),
      ),
      [`timestamp.${name}(string) -> int`]: withValues((values) => (time: unknown, zone: string) => {
        const ms = values.milliseconds(time);
        const offset = zoneOffsetMs(zone, ms);
        return offset instanceof EvaluationError ? offset : read(new Date(ms + offset));
      }),
    },
  };
}

/** The same name as a field of a timestamp: a duration as a whole number of units. */
function withDuration(definition: FunctionDefinition, read: (ms: number) => number): FunctionDefinition {
  const overload = withValues((values) => (time: unknown) => read(values.milliseconds(time)));
  return { ...definition, overloads: { ...definition.overloads, [`duration.${definition.name}() -> int`]: overload } };
}

function dayOfYear(date: Date): number {
  const year = new Date(date);
  year.setUTCMonth(0, 1);
  return Math.floor(date.getTime() / MS_PER_DAY) - Math.floor(year.getTime() / MS_PER_DAY);
}

const wholeUnits =
  (unitMs: number) =>
  (ms: number): number =>
    Math.trunc(ms / unitMs) + 0;

function inUnits(name: string, description: string, example: string, unitMs: number): FunctionDefinition {
  return {
    name,
    description,
    example,
    overloads: {
      [`${name}(duration) -> double`]: withValues((values) => (time: unknown) => values.milliseconds(time) / unitMs),
    },
  };
}

const AT = 'timestamp("2026-01-31T12:30:15.250Z")';

export const times: readonly FunctionDefinition[] = [
  {
    name: 'timestamp',
    description: 'A point in time of text as in RFC 3339, or of seconds since 1970.',
    example: 'timestamp("2026-01-31T12:00:00+01:00") == timestamp("2026-01-31T11:00:00Z")',
    overloads: {
      'timestamp(timestamp) -> timestamp': (time: unknown) => time,
      'timestamp(string) -> timestamp': withValues((values) => (text: string) => timestampOf(text, values)),
      'timestamp(int) -> timestamp': withValues((values) => (seconds: Int) => timestampOfSeconds(seconds, values)),
    },
  },
  {
    name: 'duration',
    description: 'A span of time, as in "250ms", "10m", "1h30m" and "7d".',
    example: 'duration("90s") < duration("2m")',
    overloads: {
      'duration(duration) -> duration': (time: unknown) => time,
      'duration(string) -> duration': withValues((values) => (text: string) => durationOf(text, values)),
    },
  },
  inUnits('hours', 'A duration in hours, with decimals.', 'hours(duration("90m")) == 1.5', 3_600_000),
  inUnits('minutes', 'A duration in minutes, with decimals.', 'minutes(duration("90s")) == 1.5', 60_000),
  inUnits('seconds', 'A duration in seconds, with decimals.', 'seconds(duration("250ms")) == 0.25', 1000),
  field('getFullYear', 'The year.', `${AT}.getFullYear() == 2026`, (date) => date.getUTCFullYear()),
  field('getMonth', 'The month, 0 for January.', `${AT}.getMonth() == 0`, (date) => date.getUTCMonth()),
  field('getDate', 'The day of the month, from 1.', `${AT}.getDate() == 31`, (date) => date.getUTCDate()),
  field(
    'getDayOfMonth',
    'The day of the month, from 0.',
    `${AT}.getDayOfMonth() == 30`,
    (date) => date.getUTCDate() - 1,
  ),
  field('getDayOfWeek', 'The day of the week, 0 for Sunday.', `${AT}.getDayOfWeek() == 6`, (date) => date.getUTCDay()),
  field('getDayOfYear', 'The day of the year, from 0.', `${AT}.getDayOfYear() == 30`, dayOfYear),
  withDuration(
    field(
      'getHours',
      'The hour of the day; of a duration, its whole hours.',
      `${AT}.getHours("+01:00") == 13`,
      (date) => date.getUTCHours(),
    ),
    wholeUnits(3_600_000),
  ),
  withDuration(
    field(
      'getMinutes',
      'The minute of the hour; of a duration, its whole minutes.',
      `${AT}.getMinutes() == 30`,
      (date) => date.getUTCMinutes(),
    ),
    wholeUnits(60_000),
  ),
  withDuration(
    field(
      'getSeconds',
      'The second of the minute; of a duration, its whole seconds.',
      `${AT}.getSeconds() == 15`,
      (date) => date.getUTCSeconds(),
    ),
    wholeUnits(1000),
  ),
  withDuration(
    field('getMilliseconds', 'The milliseconds of the second.', `${AT}.getMilliseconds() == 250`, (date) =>
      date.getUTCMilliseconds(),
    ),
    (ms) => (ms % 1000) + 0,
  ),
];
