/** Timestamps and durations as text, to the nanosecond: RFC 3339, and Go's notation of durations with days added. */

const NANOS_PER_MILLI = 1_000_000n;
/** CEL's range: the years 1 to 9999. */
export const TIMESTAMP_MIN_NANOS = -62_135_596_800n * 1_000_000_000n;
export const TIMESTAMP_MAX_NANOS = 253_402_300_800n * 1_000_000_000n - 1n;
export const TIMESTAMP_MIN_MS = Number(TIMESTAMP_MIN_NANOS / NANOS_PER_MILLI);
export const TIMESTAMP_MAX_MS = Number(TIMESTAMP_MAX_NANOS / NANOS_PER_MILLI);
/** The range of 64 bits of nanoseconds, some 292 years. */
export const DURATION_MAX_NANOS = (1n << 63n) - 1n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: NANOS_PER_MILLI,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};
const DURATION = /^([+-]?)((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhd]))+)$/;
const DURATION_PART = /(\d+)(?:\.(\d+))?(ns|us|µs|ms|[smhd])/g;

/** Nanoseconds; undefined for text of another form and beyond the range. `days`: whether `d` is a unit. */
export function parseDurationText(text: string, days: boolean): bigint | undefined {
  if (text === '0' || text.length > 100) return text === '0' ? 0n : undefined;
  const [, sign, parts] = DURATION.exec(text) ?? [];
  if (parts === undefined || (!days && parts.includes('d'))) return undefined;
  let nanos = 0n;
  for (const [, whole = '0', fraction = '', unit = 's'] of parts.matchAll(DURATION_PART)) {
    const scale = UNITS[unit] ?? 1n;
    nanos += BigInt(whole) * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  if (nanos > DURATION_MAX_NANOS) return undefined;
  return sign === '-' ? -nanos : nanos;
}

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970; undefined for text of another form, for days that do not exist and beyond the range. */
export function parseTimestampText(text: string): bigint | undefined {
  const found = TIMESTAMP.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const zone = found[8] ?? 'Z';
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!exists) return undefined;
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - zoneSeconds(zone));
  const nanos = seconds * 1_000_000_000n + BigInt((found[7] ?? '').padEnd(9, '0'));
  return nanos >= TIMESTAMP_MIN_NANOS && nanos <= TIMESTAMP_MAX_NANOS ? nanos : undefined;
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** RFC 3339 in UTC, with as many decimals of a second as needed: none, 3, 6 or 9. */
export function formatTimestampNanos(nanos: bigint): string {
  const seconds = floorDivide(nanos, 1_000_000_000n);
  const fraction = nanos - seconds * 1_000_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, -5).padStart(19, '0');
  return `${text}${fraction === 0n ? '' : `.${shortened(String(fraction).padStart(9, '0'))}`}Z`;
}

export function formatTimestampMs(ms: number): string {
  if (!(ms >= TIMESTAMP_MIN_MS && ms <= TIMESTAMP_MAX_MS)) return `${ms} ms since 1970`;
  // CEL's range is the years 1 to 9999, which are four digits here.
  const text = new Date(Math.floor(ms)).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

function shortened(digits: string): string {
  return digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** CEL's text of a duration: seconds, as in `90s` and `0.25s`. */
export function formatDurationSeconds(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = size % 1_000_000_000n;
  const decimals = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${decimals}s`;
}

export function formatDurationSecondsMs(ms: number): string {
  return Number.isFinite(ms) ? formatDurationSeconds(BigInt(Math.round(ms)) * NANOS_PER_MILLI) : `${ms}s`;
}

/** A duration for people: `1d2h`, `4m30s`, `250ms`. Text that `duration()` reads. */
export function formatDurationMs(ms: number): string {
  let rest = Math.abs(Math.round(ms));
  if (rest === 0 || !Number.isFinite(rest)) return Number.isFinite(rest) ? '0s' : `${ms}ms`;
  let text = ms < 0 ? '-' : '';
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}
