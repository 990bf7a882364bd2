/** Durations as Flink writes them: `10s`, `2 min`, `500`. */

/** In milliseconds. */
const UNITS: readonly (readonly [ms: number, names: readonly string[]])[] = [
  [86_400_000, ['d', 'day', 'days']],
  [3_600_000, ['h', 'hour', 'hours']],
  [60_000, ['m', 'min', 'minute', 'minutes']],
  [1000, ['s', 'sec', 'secs', 'second', 'seconds']],
  [1, ['', 'ms', 'milli', 'millis', 'millisecond', 'milliseconds']],
  [1e-3, ['us', 'µs', 'micro', 'micros', 'microsecond', 'microseconds']],
  [1e-6, ['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds']],
];
const BY_NAME: ReadonlyMap<string, number> = new Map(UNITS.flatMap(([ms, names]) => names.map((name) => [name, ms])));

/** Whole milliseconds, rounded up, so that nothing becomes zero that is not; undefined for what is no duration. */
export function flinkDuration(text: string): number | undefined {
  const { digits = '', unit = '' } = /^\s*(?<digits>\d{1,15})\s*(?<unit>[a-zµ]*)\s*$/i.exec(text)?.groups ?? {};
  const ms = BY_NAME.get(unit.toLowerCase());
  return digits === '' || ms === undefined ? undefined : Math.ceil(Number(digits) * ms);
}
