/**
 * Absent values and errors pass through operators, as errors do in CEL. The left operand's comes first. `&&` and `||`
 * absorb them: one operand that decides is enough.
 */
import { EvaluationError } from './evaluation.js';
import type { BinaryOperation, UnaryOperation } from './values.js';

export function isMissing(value: unknown): value is undefined | EvaluationError {
  return value === undefined || value instanceof EvaluationError;
}

export function propagating(operation: BinaryOperation): BinaryOperation {
  return (left, right) => (isMissing(left) ? left : isMissing(right) ? right : operation(left, right));
}

export function propagatingUnary(operation: UnaryOperation): UnaryOperation {
  return (operand) => (isMissing(operand) ? operand : operation(operand));
}

/** The first absent value or error among arguments. */
export function missingIn(values: readonly unknown[]): { readonly missing: undefined | EvaluationError } | undefined {
  for (const value of values) if (isMissing(value)) return { missing: value };
  return undefined;
}

const NOT_BOOL = new EvaluationError('no_such_overload', 'an operand of && or || is not a bool');

/** What `&&` (deciding: false) or `||` (deciding: true) gives when no operand decided: the first that is no bool, if any. */
export function undecided(first: unknown, deciding: boolean): unknown {
  if (first === !deciding) return first;
  return isMissing(first) ? first : NOT_BOOL;
}
