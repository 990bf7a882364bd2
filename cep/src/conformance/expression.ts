/** The conditions of conformance cases, as conditions of the engine. */
import type { Captured, Condition } from '../pattern/condition.js';
import type { Expression, Operation, Value } from './case.js';

/** An event of a case. */
export interface CaseEvent {
  /** Position in the case. */
  readonly index: number;
  readonly timestamp: number;
  readonly fields: Readonly<Record<string, Value>>;
  readonly isSub: boolean;
}

const OVER_CAPTURED: ReadonlySet<string> = new Set(['first', 'last', 'min', 'max', 'avg', 'sum', 'count']);

export const SUBTYPE: Condition<CaseEvent> = { id: 'subtype', eventOnly: true, test: (event) => event.isSub };

export function conditionOf(expression: Expression): Condition<CaseEvent> {
  return {
    id: JSON.stringify(expression),
    eventOnly: !readsCaptured(expression),
    test: (event, captured) => evaluate(expression, event, captured) === true,
  };
}

function readsCaptured(expression: Expression): boolean {
  if (!isOperation(expression)) return false;
  return OVER_CAPTURED.has(expression[0]) || expression.slice(1).some(readsCaptured);
}

function isOperation(expression: Expression): expression is Operation {
  return Array.isArray(expression);
}

function evaluate(expression: Expression, event: CaseEvent, captured: Captured<CaseEvent>): Value {
  if (!isOperation(expression)) return expression;
  const operator = expression[0];
  const operands = expression.slice(1);
  const [left = null, right = null] = operands;
  const value = (operand: Expression): Value => evaluate(operand, event, captured);
  switch (operator) {
    case 'f':
      return event.fields[String(left)] ?? null;
    case 'ts':
      return event.timestamp;
    case 'and':
      return operands.every((operand) => value(operand) === true);
    case 'or':
      return operands.some((operand) => value(operand) === true);
    case 'not':
      return value(left) !== true;
    case 'eq':
      return value(left) === value(right);
    case 'ne':
      return value(left) !== value(right);
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return compare(operator, value(left), value(right));
    case 'add':
    case 'sub':
    case 'mul':
      return calculate(operator, value(left), value(right));
    default:
      return aggregate(operator, captured.events(String(left)), String(right));
  }
}

function compare(operator: 'lt' | 'le' | 'gt' | 'ge', left: Value, right: Value): boolean {
  const areNumbers = typeof left === 'number' && typeof right === 'number';
  const areStrings = typeof left === 'string' && typeof right === 'string';
  if (!areNumbers && !areStrings) return false;
  switch (operator) {
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
  }
}

function calculate(operator: 'add' | 'sub' | 'mul', left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (operator) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
  }
}

function aggregate(operator: string, events: readonly CaseEvent[], field: string): Value {
  const read = (event: CaseEvent | undefined): Value => event?.fields[field] ?? null;
  const numbers = events.map(read).filter((value): value is number => typeof value === 'number');
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (operator) {
    case 'count':
      return events.length;
    case 'first':
      return read(events[0]);
    case 'last':
      return read(events.at(-1));
    case 'sum':
      return sum;
    case 'avg':
      return numbers.length === 0 ? null : sum / numbers.length;
    case 'min':
      return numbers.length === 0 ? null : Math.min(...numbers);
    case 'max':
      return numbers.length === 0 ? null : Math.max(...numbers);
    default:
      throw new Error(`unknown operator "${operator}" in a condition`);
  }
}
