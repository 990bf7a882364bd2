/** 64-bit integers, exact: a number up to 2^53 - 1, a bigint beyond, one form per value. */
import { EvaluationError } from './evaluation.js';

export type Int = number | bigint;

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

export function isInt(value: unknown): value is Int {
  return typeof value === 'bigint' || Number.isInteger(value);
}

/** The one form of an integer; an error beyond 64 bits. */
export function normalInt(value: bigint): Int | EvaluationError {
  if (value > MAX || value < MIN) return new EvaluationError('overflow', 'the result does not fit into 64 bits');
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** The result of an operation on two integers, given its fast form and its exact one. */
export function exactInt(
  fast: number,
  left: Int,
  right: Int,
  exact: (left: bigint, right: bigint) => bigint,
): Int | EvaluationError {
  if (Number.isSafeInteger(fast) && typeof left === 'number' && typeof right === 'number') return fast;
  return normalInt(exact(BigInt(left), BigInt(right)));
}

/** A double cut to an integer; an error where it has none in 64 bits. */
export function truncated(value: number): Int | EvaluationError {
  // 2^63 itself, which a double that "is" the largest int would be, is out of range.
  if (!(Math.abs(value) < 2 ** 63)) return new EvaluationError('overflow', `${value} does not fit into 64 bits`);
  return normalInt(BigInt(Math.trunc(value)));
}
