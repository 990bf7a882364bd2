/**
 * Reads points in time as ingresses write them: numbers since the epoch, ISO 8601 texts, texts after a pattern.
 *
 * Patterns use the tokens that Java's DateTimeFormatter and luxon share (`yyyy/MM/dd HH:mm`). luxon is loaded only when a
 * pattern or a zone needs it, because it would cost every start some 20 ms.
 */
import { createRequire } from 'node:module';
import type { DateTime as LuxonDateTime } from 'luxon';
import type { TimeFormat } from '../job/stream-graph.js';

/** @returns epoch milliseconds, or a text that says what is wrong, without the value itself */
export type TimeParser = (value: unknown) => number | string;

const EPOCH_DIVISOR = { 'epoch-millis': 1, 'epoch-seconds': 0.001, 'epoch-micros': 1000 } as const;
/** The range of ECMAScript's time values. */
export const TIME_MAX = 8.64e15;
const ISO_WITH_ZONE = /^[+-]?\d{4,6}-\d\d-\d\d[T ]\d\d:?\d\d(:?\d\d([.,]\d{1,9})?)?\s?(Z|[+-]\d\d(:?\d\d)?)$/i;

let luxon: { DateTime: typeof LuxonDateTime } | undefined;

function loadLuxon(): { DateTime: typeof LuxonDateTime } {
  return (luxon ??= createRequire(import.meta.url)('luxon') as { DateTime: typeof LuxonDateTime });
}

/** @param format undefined: a number is epoch milliseconds, a text is ISO 8601 */
export function timeParser(format: TimeFormat | undefined, zone: string | undefined): TimeParser {
  if (format === undefined) {
    const fromText = isoParser(zone);
    return (value) => (typeof value === 'string' ? fromText(value) : fromEpoch(value, 1));
  }
  if (format === 'iso-8601') return isoParser(zone);
  if (typeof format === 'object') return patternParser(format.pattern, zone);
  const divisor = EPOCH_DIVISOR[format];
  return (value) => fromEpoch(value, divisor);
}

function fromEpoch(value: unknown, divisor: number): number | string {
  let number: number;
  if (typeof value === 'number') number = value;
  else if (typeof value === 'bigint') number = Number(value);
  else if (typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value)) number = Number(value);
  else return 'is not a number';
  const millis = Math.floor(number / divisor);
  return Math.abs(millis) <= TIME_MAX ? millis : 'is not a point in time that can be represented';
}

function isoParser(zone: string | undefined): TimeParser {
  return (value) => {
    if (typeof value !== 'string') return 'is not a text in ISO 8601';
    const text = value.trim();
    if (ISO_WITH_ZONE.test(text)) {
      const millis = Date.parse(text.replace(' ', 'T').replace(',', '.'));
      if (!Number.isNaN(millis)) return millis;
    }
    const { DateTime } = loadLuxon();
    const time = DateTime.fromISO(text.replace(' ', 'T'), { zone: zone ?? 'UTC' });
    const hasZone = /(Z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10));
    if (time.isValid && !hasZone && zone === undefined) return 'has no time zone: add `zone:` to the ingress’s time';
    return millisOf(time, 'ISO 8601');
  };
}

function patternParser(pattern: string, zone: string | undefined): TimeParser {
  const { DateTime } = loadLuxon();
  const options = { zone: zone ?? 'UTC', locale: 'en-US' };
  const parser = DateTime.buildFormatParser(pattern, options);
  return (value) => {
    if (typeof value !== 'string') return `is not a text of the form ${pattern}`;
    return millisOf(DateTime.fromFormatParser(value, parser, options), pattern);
  };
}

function millisOf(time: LuxonDateTime, form: string): number | string {
  return time.isValid ? time.toMillis() : `is not of the form ${form}`;
}

/** Writes a point in time in an ingress's own form: the inverse of `timeParser`, for events that a test makes. */
export function formatTime(millis: number, format: TimeFormat | undefined, zone: string | undefined): number | string {
  if (format === undefined || format === 'epoch-millis') return millis;
  if (format === 'epoch-seconds') return millis / 1000;
  if (format === 'epoch-micros') return millis * 1000;
  const { DateTime } = loadLuxon();
  const time = DateTime.fromMillis(millis, { zone: zone ?? 'UTC', locale: 'en-US' });
  return format === 'iso-8601' ? new Date(millis).toISOString() : time.toFormat(format.pattern);
}
