/** Spans of time as an author writes them: milliseconds, or a number with its unit. */
export type Duration = number | `${number}${Unit}`;

type Unit = 'ms' | 's' | 'm' | 'h' | 'd';

const UNITS_MS: Readonly<Record<Unit, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Whole milliseconds, at least 0. Throws a RangeError that says what a span looks like. */
export function toMs(duration: Duration): number {
  let ms: number = NaN;
  if (typeof duration === 'number') ms = duration;
  else {
    const [, number, unit] = FORM.exec(duration) ?? [];
    if (number !== undefined) ms = Math.round(Number(number) * UNITS_MS[unit as Unit]);
  }
  if (!Number.isSafeInteger(ms) || ms < 0)
    throw new RangeError(
      `a span of time is whole milliseconds, or like '250ms', '5s', '10m', '1h', '7d'; got ${String(duration)}`,
    );
  return ms;
}
