/** An option's value that is a number of things. */
import { UsageError } from '../io.js';

/** @throws UsageError */
export function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && /^\d+$/.test(text)) return value;
  throw new UsageError(`--${option} is ${JSON.stringify(text)}; expected a whole number from 1`);
}
