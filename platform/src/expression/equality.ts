/** Equality and order of values in both representations. Numbers of all types compare by their mathematical value. */
import { spendWork, workExceeded } from './budget.js';
import { EvaluationError } from './evaluation.js';
import { isMap, mapEntries, mapGet, mapHas, mapSize } from './map-value.js';
import { StrictDuration, StrictTimestamp, Uint } from './strict-number.js';
import { TypeValue } from './type-value.js';

/** `==`: an error when the values are too large to be compared. */
export function equality(left: unknown, right: unknown): boolean | EvaluationError {
  const equal = equalValues(left, right);
  return spendWork(0) ? equal : workExceeded();
}

/** Deeper values are unequal to everything: they come from hostile input, never from an expression. */
const MAX_DEPTH = 500;

export function equalValues(left: unknown, right: unknown, depth = 0): boolean {
  if (left === right) return true;
  const a = asNumber(left);
  const b = asNumber(right);
  // == between a number and a bigint compares their mathematical values.
  if (a !== undefined || b !== undefined) return a !== undefined && b !== undefined && a == b;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (depth > MAX_DEPTH || !spendWork(Array.isArray(left) ? left.length + 1 : 1)) return false;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((element, at) => equalValues(element, right[at], depth + 1))
    );
  }
  if (left instanceof Uint8Array) return right instanceof Uint8Array && compareBytes(left, right) === 0;
  if (left instanceof StrictTimestamp) return right instanceof StrictTimestamp && left.nanos === right.nanos;
  if (left instanceof StrictDuration) return right instanceof StrictDuration && left.nanos === right.nanos;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name;
  if (!isMap(left) || !isMap(right) || mapSize(left) !== mapSize(right)) return false;
  return mapEntries(left).every(
    ([key, value]) => mapHas(right, key) && equalValues(value, mapGet(right, key), depth + 1),
  );
}

function asNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof Uint ? value.value : undefined;
}

export function compareValues(left: unknown, right: unknown): number | EvaluationError {
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  if (left instanceof StrictTimestamp && right instanceof StrictTimestamp) return sign(left.nanos - right.nanos);
  if (left instanceof StrictDuration && right instanceof StrictDuration) return sign(left.nanos - right.nanos);
  return new EvaluationError('no_such_overload', 'the values have no order between them');
}

function sign(difference: bigint): number {
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** By code points: JavaScript's own order is by UTF-16 units, which puts characters beyond U+FFFF before U+E000. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  // Long texts count, as they may be compared for each element of a list; whoever asked finds the limit exceeded next.
  spendWork(length >> 4);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return inCodePointOrder(a) - inCodePointOrder(b);
  }
  return left.length - right.length;
}

function inCodePointOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}
