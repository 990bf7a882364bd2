/** The header Retry-After: seconds, or a date. */

/** Nobody is waited for longer; what asks for more is asked again by then. */
const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds from now; undefined for what is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_MS, Math.max(0, ms));
}
