/**
 * Values as CEL has them, for the strict profile: int is a bigint, uint, timestamp and duration are classes of their
 * own, so that a value tells its type also where the checker knows nothing. Nothing is absent: what is not there is an
 * error.
 */
import { spendWork, workExceeded } from './budget.js';
import { compareValues, equalValues } from './equality.js';
import { EvaluationError } from './evaluation.js';
import type { ParameterType } from './functions/signature.js';
import { MapValue, isMap, mapGet, mapHas } from './map-value.js';
import { noOverloadBy, relation } from './relations.js';
import { StrictDuration, StrictTimestamp, Uint } from './strict-number.js';
import { DURATION_MAX_NANOS, TIMESTAMP_MAX_NANOS, TIMESTAMP_MIN_NANOS } from './time-text.js';
import type { BinaryNode, LiteralNode, UnaryNode } from './tree.js';
import { TypeValue } from './type-value.js';
import type { BinaryOperation, UnaryOperation, ValueKind, Values } from './values.js';

export const strictValues: Values = {
  strict: true,
  literal,
  kindOf,
  equals: equalValues,
  compare: compareValues,
  binary,
  unary,
  select,
  index,
  makeMap,
  milliseconds: (time) => Number(floorToMilli(nanosOf(time))),
  nanoseconds: nanosOf,
  timestamp: (nanos) => new StrictTimestamp(nanos),
  duration: (nanos) => new StrictDuration(nanos),
  accepts: (parameter, value) => accepts(parameter, value),
  toArgument,
  fromResult,
};

function nanosOf(time: unknown): bigint {
  return time instanceof StrictTimestamp || time instanceof StrictDuration ? time.nanos : 0n;
}

function floorToMilli(nanos: bigint): bigint {
  return (nanos - (((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
}

function literal(node: LiteralNode): unknown {
  const { type, value } = node;
  switch (type.kind) {
    case 'int':
      return BigInt(String(value));
    case 'uint':
      return new Uint(BigInt(String(value)));
    case 'bytes':
      return new Uint8Array(Buffer.from(String(value), 'base64'));
    case 'type':
      return new TypeValue(String(value));
    default:
      return value;
  }
}

function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return 'double';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    default:
      return undefined;
  }
}

function kindOfObject(value: object): ValueKind | undefined {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint) return 'uint';
  if (value instanceof StrictTimestamp) return 'timestamp';
  if (value instanceof StrictDuration) return 'duration';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof TypeValue) return 'type';
  return isMap(value) ? 'map' : undefined;
}

const noOverload = noOverloadBy(kindOf);

const OVERFLOW = new EvaluationError('overflow', 'the result is out of range');

function int(value: bigint): unknown {
  return BigInt.asIntN(64, value) === value ? value : OVERFLOW;
}
function uint(value: bigint): unknown {
  return BigInt.asUintN(64, value) === value ? new Uint(value) : OVERFLOW;
}
function timestamp(nanos: bigint): unknown {
  return nanos >= TIMESTAMP_MIN_NANOS && nanos <= TIMESTAMP_MAX_NANOS ? new StrictTimestamp(nanos) : OVERFLOW;
}
function duration(nanos: bigint): unknown {
  return nanos >= -DURATION_MAX_NANOS - 1n && nanos <= DURATION_MAX_NANOS ? new StrictDuration(nanos) : OVERFLOW;
}

/** Operators on two ints, two uints or two doubles. */
function numeric(
  operator: string,
  exact: (a: bigint, b: bigint) => bigint,
  double?: (a: number, b: number) => number,
): BinaryOperation {
  const divides = operator === '/' || operator === '%';
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number' && double !== undefined) return double(left, right);
    const isInt = typeof left === 'bigint' && typeof right === 'bigint';
    const isUint = left instanceof Uint && right instanceof Uint;
    if (!isInt && !isUint) return noOverload(operator, left, right);
    const [a, b] = isInt ? [left, right] : [(left as Uint).value, (right as Uint).value];
    if (divides && b === 0n) return new EvaluationError('divide_by_zero', 'an integer is divided by zero');
    return isInt ? int(exact(a, b)) : uint(exact(a, b));
  };
}

const addNumbers = numeric(
  '+',
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtractNumbers = numeric(
  '-',
  (a, b) => a - b,
  (a, b) => a - b,
);

function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'string' && typeof right === 'string')
    return spendWork(left.length + right.length) ? left + right : workExceeded();
  if (Array.isArray(left) && Array.isArray(right))
    return spendWork(left.length + right.length) ? [...(left as unknown[]), ...(right as unknown[])] : workExceeded();
  if (left instanceof Uint8Array && right instanceof Uint8Array) return new Uint8Array(Buffer.concat([left, right]));
  if (left instanceof StrictTimestamp && right instanceof StrictDuration) return timestamp(left.nanos + right.nanos);
  if (left instanceof StrictDuration && right instanceof StrictTimestamp) return timestamp(left.nanos + right.nanos);
  if (left instanceof StrictDuration && right instanceof StrictDuration) return duration(left.nanos + right.nanos);
  return addNumbers(left, right);
}

function subtract(left: unknown, right: unknown): unknown {
  if (left instanceof StrictTimestamp && right instanceof StrictDuration) return timestamp(left.nanos - right.nanos);
  if (left instanceof StrictTimestamp && right instanceof StrictTimestamp) return duration(left.nanos - right.nanos);
  if (left instanceof StrictDuration && right instanceof StrictDuration) return duration(left.nanos - right.nanos);
  return subtractNumbers(left, right);
}

function binary(node: BinaryNode): BinaryOperation {
  switch (node.operator) {
    case '+':
      return add;
    case '-':
      return subtract;
    case '*':
      return numeric(
        '*',
        (a, b) => a * b,
        (a, b) => a * b,
      );
    case '/':
      return numeric(
        '/',
        (a, b) => a / b,
        (a, b) => a / b,
      );
    case '%':
      return numeric('%', (a, b) => a % b);
    default:
      return relation(node.operator, noOverload);
  }
}

function unary(node: UnaryNode): UnaryOperation {
  if (node.operator === '!') return (operand) => (typeof operand === 'boolean' ? !operand : noOverload('!', operand));
  return (operand) =>
    typeof operand === 'number' ? -operand : typeof operand === 'bigint' ? int(-operand) : noOverload('-', operand);
}

function noSuchKey(key: unknown): EvaluationError {
  return new EvaluationError('no_such_key', `there is no key ${typeof key === 'string' ? JSON.stringify(key) : ''}`);
}

function select(operand: unknown, field: string): unknown {
  if (!isMap(operand)) return noOverload(`.${field}`, operand);
  return mapHas(operand, field) ? mapGet(operand, field) : noSuchKey(field);
}

function index(operand: unknown, at: unknown): unknown {
  if (isMap(operand)) return mapHas(operand, at) ? mapGet(operand, at) : noSuchKey(at);
  if (!Array.isArray(operand)) return noOverload('[]', operand);
  const position = at instanceof Uint ? at.value : at;
  const isWhole = typeof position === 'bigint' || Number.isInteger(position);
  if (!isWhole) return new EvaluationError('invalid_argument', 'the index of a list is an int');
  const found = Number(position);
  return found >= 0 && found < operand.length
    ? (operand as unknown[])[found]
    : new EvaluationError('index_out_of_range', `there is no element ${found}`);
}

function makeMap(entries: readonly (readonly [key: unknown, value: unknown])[]): unknown {
  const map = new MapValue();
  for (const [key, value] of entries) {
    const isKey = typeof key !== 'number' && map.add(key, value);
    if (!isKey) return new EvaluationError('invalid_argument', 'a key of the map stands twice or cannot be a key');
  }
  return map;
}

function accepts(parameter: ParameterType, value: unknown): boolean {
  if (parameter.kind === 'dyn' || parameter.kind === 'variable') return true;
  return kindOf(value) === (parameter.kind === 'record' ? 'map' : parameter.kind);
}

function toArgument(parameter: ParameterType, value: unknown): unknown {
  const whole = value instanceof Uint ? value.value : value;
  if ((parameter.kind !== 'int' && parameter.kind !== 'uint') || typeof whole !== 'bigint') return value;
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
}

function fromResult(type: ParameterType, value: unknown): unknown {
  const isWhole = typeof value === 'bigint' || Number.isInteger(value);
  if (type.kind === 'int' && isWhole) return BigInt(value as number | bigint);
  if (type.kind === 'uint' && isWhole) return new Uint(BigInt(value as number | bigint));
  if (type.kind === 'list' && type.element.kind === 'int' && Array.isArray(value))
    return value.map((element) => fromResult(type.element, element));
  return value;
}
