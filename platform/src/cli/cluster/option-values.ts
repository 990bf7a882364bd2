/** Values of options that are numbers and durations. */
import { DURATION, parseDuration } from '../../spec/read/units.js';
import { UsageError } from '../io.js';

/** @throws UsageError */
export function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && /^\d+$/.test(text)) return value;
  throw new UsageError(`--${option} is ${JSON.stringify(text)}; expected a whole number from 1`);
}

/** @returns milliseconds, at least `min`. @throws UsageError */
export function durationFrom(option: string, text: string, min: number): number {
  const value = new RegExp(DURATION).test(text) ? parseDuration(text) : Number.NaN;
  if (value >= min) return value;
  throw new UsageError(`--${option} is ${JSON.stringify(text)}; expected a duration from ${min}ms, as 10s`);
}
