/**
 * Values as `type.ts` describes them, with the deviations from CEL: numbers of all types are one, absent fields are
 * absent, and timestamps and durations are milliseconds, which only the checker tells from other numbers.
 */
import { spendWork, workExceeded } from './budget.js';
import { compareValues, equalValues } from './equality.js';
import { EvaluationError } from './evaluation.js';
import type { ParameterType } from './functions/signature.js';
import { exactInt, isInt } from './integer.js';
import type { Int } from './integer.js';
import { MapValue, isMap, mapGet } from './map-value.js';
import { noOverloadBy, relation } from './relations.js';
import { TIMESTAMP_MAX_MS, TIMESTAMP_MIN_MS } from './time-text.js';
import type { BinaryNode, LiteralNode, UnaryNode } from './tree.js';
import { TypeValue } from './type-value.js';
import type { ValueType } from './type.js';
import type { BinaryOperation, UnaryOperation, ValueKind, Values } from './values.js';

/** UTF-16 units, elements: no value that an expression makes is larger. */
const MAX_SIZE = 1_000_000;

export const plainValues: Values = {
  strict: false,
  literal,
  kindOf,
  equals: equalValues,
  compare: compareValues,
  binary,
  unary,
  select,
  index,
  makeMap,
  accepts,
  milliseconds: (time) => Number(time),
  nanoseconds: (time) => BigInt(Math.round(Number(time))) * 1_000_000n,
  timestamp: (nanoseconds) => wholeMilliseconds(nanoseconds),
  duration: (nanoseconds) => wholeMilliseconds(nanoseconds),
  toArgument: (parameter, value) => (parameter.kind === 'double' && typeof value === 'bigint' ? Number(value) : value),
  fromResult: (_type, value) => value,
};

/** Times are integer milliseconds; what is finer is cut off towards the past. */
function wholeMilliseconds(nanoseconds: bigint): number {
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((nanoseconds - rest) / 1_000_000n);
}

function literal(node: LiteralNode): unknown {
  const { type, value } = node;
  if ((type.kind === 'int' || type.kind === 'uint') && typeof value === 'string') return BigInt(value);
  if (type.kind === 'bytes') return new Uint8Array(Buffer.from(String(value), 'base64'));
  if (type.kind === 'type') return new TypeValue(String(value));
  return value;
}

function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'double';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Uint8Array) return 'bytes';
      if (value instanceof TypeValue) return 'type';
      return isMap(value) ? 'map' : undefined;
    default:
      return undefined;
  }
}

const noOverload = noOverloadBy(kindOf);

const isNumber = (value: unknown): value is Int => typeof value === 'number' || typeof value === 'bigint';

/**
 * An operator on two numbers. Integers are exact when the checker knows them as such or one of them is beyond 2^53;
 * numbers of which nothing is known are doubles.
 */
function numeric(
  operator: string,
  isIntTyped: boolean,
  fast: (a: number, b: number) => number,
  exact: (a: bigint, b: bigint) => bigint,
): BinaryOperation {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') {
      const result = fast(left, right);
      return isIntTyped && !Number.isSafeInteger(result) && Number.isInteger(left) && Number.isInteger(right)
        ? exactInt(result, left, right, exact)
        : result;
    }
    if (!isNumber(left) || !isNumber(right)) return noOverload(operator, left, right);
    if (isInt(left) && isInt(right)) return exactInt(NaN, left, right, exact);
    return fast(Number(left), Number(right));
  };
}

/** Whether the checker knows the result as an integer, which must not be rounded. */
function isExact(node: BinaryNode): boolean {
  return node.type.kind === 'int' || node.type.kind === 'uint';
}

function addition(node: BinaryNode): BinaryOperation {
  const add = numeric(
    '+',
    isExact(node),
    (a, b) => a + b,
    (a, b) => a + b,
  );
  return (left, right) => {
    if (typeof left === 'string' && typeof right === 'string') {
      return left.length + right.length > MAX_SIZE || !spendWork(right.length) ? workExceeded() : left + right;
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      const size = left.length + right.length;
      return size > MAX_SIZE || !spendWork(size) ? workExceeded() : [...(left as unknown[]), ...(right as unknown[])];
    }
    if (left instanceof Uint8Array && right instanceof Uint8Array) {
      const size = left.length + right.length;
      return size > MAX_SIZE || !spendWork(size) ? workExceeded() : new Uint8Array(Buffer.concat([left, right]));
    }
    return inRange(node, add(left, right));
  };
}

function inRange(node: BinaryNode, result: unknown): unknown {
  if (node.type.kind !== 'timestamp' || typeof result !== 'number') return result;
  if (result >= TIMESTAMP_MIN_MS && result <= TIMESTAMP_MAX_MS) return result;
  return new EvaluationError('overflow', 'the timestamp is beyond the years 1 to 9999');
}

const DIVIDE_BY_ZERO = new EvaluationError('divide_by_zero', 'an integer is divided by zero');

function division(node: BinaryNode): BinaryOperation {
  return (left, right) => {
    if (!isNumber(left) || !isNumber(right)) return noOverload('/', left, right);
    if (node.real === true || !isInt(left) || !isInt(right)) return Number(left) / Number(right);
    // Only of constants: any other division is one of doubles. `2.0 / 4.0` is, too, although its numbers are integral.
    if (node.type.kind === 'double') return Number(left) / Number(right);
    return integerDivision(left, right);
  };
}

export function integerDivision(left: Int, right: Int): Int | EvaluationError {
  if (right === 0) return DIVIDE_BY_ZERO;
  return exactInt(Math.trunc(Number(left) / Number(right)), left, right, (a, b) => a / b);
}

function remainder(left: unknown, right: unknown): unknown {
  if (!isInt(left) || !isInt(right)) return noOverload('%', left, right);
  if (right === 0) return DIVIDE_BY_ZERO;
  // + 0: the remainder of a negative number is -0 in JavaScript, and an int has one zero.
  return exactInt((Number(left) % Number(right)) + 0, left, right, (a, b) => a % b);
}

function binary(node: BinaryNode): BinaryOperation {
  const isIntTyped = isExact(node);
  switch (node.operator) {
    case '+':
      return addition(node);
    case '-': {
      const subtract = numeric(
        '-',
        isIntTyped,
        (a, b) => a - b,
        (a, b) => a - b,
      );
      return (left, right) => inRange(node, subtract(left, right));
    }
    case '*':
      return numeric(
        '*',
        isIntTyped,
        (a, b) => a * b,
        (a, b) => a * b,
      );
    case '/':
      return division(node);
    case '%':
      return remainder;
    default:
      return relation(node.operator, noOverload);
  }
}

function unary(node: UnaryNode): UnaryOperation {
  if (node.operator === '!') return (operand) => (typeof operand === 'boolean' ? !operand : noOverload('!', operand));
  return (operand) => {
    if (typeof operand === 'number') return node.type.kind === 'double' || operand !== 0 ? -operand : 0;
    return typeof operand === 'bigint' ? exactInt(NaN, 0, operand, (a, b) => a - b) : noOverload('-', operand);
  };
}

function select(operand: unknown, field: string): unknown {
  return isMap(operand) ? mapGet(operand, field) : noOverload(`.${field}`, operand);
}

function index(operand: unknown, at: unknown): unknown {
  if (isMap(operand)) return mapGet(operand, at);
  if (!Array.isArray(operand)) return noOverload('[]', operand);
  if (!isInt(at)) return noOverload('[]', operand, at);
  return at >= 0 && at < operand.length
    ? (operand as unknown[])[Number(at)]
    : new EvaluationError('index_out_of_range', `there is no element ${at}`);
}

/** A plain object where all keys are texts, so that it looks like any record. */
function makeMap(entries: readonly (readonly [key: unknown, value: unknown])[]): unknown {
  const map = new MapValue();
  for (const [key, value] of entries) {
    if (!map.add(key, value))
      return new EvaluationError('invalid_argument', 'a key of the map stands twice or cannot be a key');
  }
  if (!entries.every(([key]) => typeof key === 'string')) return map;
  return Object.fromEntries(entries as [string, unknown][]);
}

function accepts(parameter: ParameterType, value: unknown, type: ValueType): boolean {
  switch (parameter.kind) {
    case 'variable':
    case 'dyn':
      return true;
    case 'int':
    case 'uint':
      return isInt(value) && (parameter.kind === 'int' || value >= 0);
    case 'double':
      return isNumber(value);
    // A number tells nothing of its being a time; the checker must know.
    case 'timestamp':
    case 'duration':
      return type.kind === parameter.kind && Number.isFinite(value);
    case 'map':
    case 'record':
      return isMap(value);
    default:
      return kindOf(value) === parameter.kind;
  }
}
