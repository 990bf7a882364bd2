/** Durations such as `1h30m` and sizes such as `64KiB`. */

const MILLISECONDS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** Whole numbers with units, from the largest unit to the smallest, each at most once. */
export const DURATION = '^(?=\\d)(\\d{1,6}d)?(\\d{1,8}h)?(\\d{1,10}m(?!s))?(\\d{1,12}s)?(\\d{1,15}ms)?$';
export const SIZE = '^\\d{1,9}(B|KiB|MiB|GiB|TiB)$';

/** Milliseconds of a text that matches DURATION. */
export function parseDuration(text: string): number {
  let sum = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|[dhms])/g))
    sum += Number(digits) * (MILLISECONDS[unit ?? ''] ?? 0);
  return sum;
}

/** Bytes of a text that matches SIZE. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+)(\D+)$/.exec(text) ?? [];
  return Number(digits) * (BYTES[unit ?? ''] ?? 0);
}
