import type { ValueType } from './type.js';
/** A value as people read it: timestamps ISO-8601, durations like `4m30s`. */
export function renderValue(_value: unknown, _type: ValueType): string {
  throw new Error('not written yet');
}
/** A value as an alert's JSON holds it: timestamps as ISO-8601 text, durations as text like `270s`; ready for JSON.stringify except that integers beyond 2^53 are bigint. */
export function toJson(_value: unknown, _type: ValueType): unknown {
  throw new Error('not written yet');
}
