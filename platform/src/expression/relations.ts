/** The operators that compare: the same for plain and strict values, as both are told apart in `equality.ts`. */
import { spendWork, workExceeded } from './budget.js';
import { compareValues, equality, equalValues } from './equality.js';
import { EvaluationError } from './evaluation.js';
import { isMap, mapHas } from './map-value.js';
import type { BinaryOperator } from './tree.js';
import type { BinaryOperation, ValueKind } from './values.js';

export type RelationOperator = Extract<BinaryOperator, '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'>;

/** The error that an operator gives for operands that it does not apply to. */
export type NoOverload = (operator: string, ...values: readonly unknown[]) => EvaluationError;

export function noOverloadBy(kindOf: (value: unknown) => ValueKind | undefined): NoOverload {
  return (operator, ...values) => {
    const kinds = values.map((value) => kindOf(value) ?? 'unknown');
    return new EvaluationError('no_such_overload', `${operator} does not apply to ${kinds.join(' and ')}`);
  };
}

export function relation(operator: RelationOperator, noOverload: NoOverload): BinaryOperation {
  switch (operator) {
    case '==':
      return equality;
    case '!=':
      return (left, right) => {
        const equal = equality(left, right);
        return typeof equal === 'boolean' ? !equal : equal;
      };
    case '<':
      return ordered((order) => order < 0, noOverload);
    case '<=':
      return ordered((order) => order <= 0, noOverload);
    case '>':
      return ordered((order) => order > 0, noOverload);
    case '>=':
      return ordered((order) => order >= 0, noOverload);
    case 'in':
      return (left, right) => contains(left, right, noOverload);
  }
}

function ordered(test: (order: number) => boolean, noOverload: NoOverload): BinaryOperation {
  return (left, right) => {
    const order = compareValues(left, right);
    return typeof order === 'number' ? test(order) : noOverload('the comparison', left, right);
  };
}

function contains(left: unknown, right: unknown, noOverload: NoOverload): unknown {
  if (Array.isArray(right)) {
    if (!spendWork(right.length)) return workExceeded();
    const found = right.some((element) => equalValues(element, left));
    // Comparing may have used up the budget; then what was found counts for nothing.
    return spendWork(0) ? found : workExceeded();
  }
  return isMap(right) ? mapHas(right, left) : noOverload('in', left, right);
}
