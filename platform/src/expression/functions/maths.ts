/** Functions on numbers: CEL's math extension, and division of integers. */
import { EvaluationError } from '../evaluation.js';
import type { Int } from '../integer.js';
import { normalInt } from '../integer.js';
import { integerDivision } from '../plain-values.js';
import type { Values } from '../values.js';
import { withValues } from './definition.js';
import type { FunctionDefinition, Implementation, WithValues } from './definition.js';

/** `math.greatest` (sign 1) and `math.least` (sign -1): the value itself is given, so an int stays one. */
function extreme(sign: 1 | -1): WithValues {
  return withValues(
    (values) =>
      (...operands: readonly unknown[]) =>
        best(operands, sign, values),
  );
}
function extremeOfList(sign: 1 | -1): WithValues {
  return withValues((values) => (operands: readonly unknown[]) => best(operands, sign, values));
}

function best(operands: readonly unknown[], sign: 1 | -1, values: Values): unknown {
  let found: unknown;
  for (const operand of operands) {
    const kind = values.kindOf(operand);
    if (kind !== 'int' && kind !== 'double' && kind !== 'uint')
      return new EvaluationError('no_such_overload', 'an operand is no number');
    const order = found === undefined ? sign : values.compare(operand, found);
    if (typeof order !== 'number') return order;
    if (order * sign > 0) found = operand;
  }
  return found ?? new EvaluationError('invalid_argument', 'the list is empty');
}

function rounding(round: (value: number) => number): Record<'double', Implementation> {
  return { double: (value: number) => round(value) };
}

/** Halves are rounded away from zero. */
const round = (value: number): number => (value < 0 ? -Math.round(-value) : Math.round(value));

function absolute(value: Int): Int | EvaluationError {
  return value < 0 ? normalInt(-BigInt(value)) : value;
}

const signOf = (value: Int): number => (value > 0 ? 1 : value < 0 ? -1 : 0);

type Bits = (left: bigint, right: bigint) => bigint;
const WIDTH = 64;

function bitwise(name: string, description: string, example: string, operation: Bits): FunctionDefinition {
  return {
    name,
    description,
    example,
    overloads: {
      [`${name}(int, int) -> int`]: (left: Int, right: Int) => signed(operation(BigInt(left), BigInt(right))),
      [`${name}(uint, uint) -> uint`]: (left: Int, right: Int) => unsigned(operation(BigInt(left), BigInt(right))),
    },
  };
}

const signed = (value: bigint): unknown => normalInt(BigInt.asIntN(WIDTH, value));
const unsigned = (value: bigint): Int => {
  const bits = BigInt.asUintN(WIDTH, value);
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
};

function shift(name: string, description: string, example: string, operation: Bits): FunctionDefinition {
  const shifted = (make: (value: bigint) => unknown) => (value: Int, by: Int) => {
    if (by < 0) return new EvaluationError('invalid_argument', `${name}() by a negative number of bits`);
    return by >= WIDTH ? 0 : make(operation(BigInt.asUintN(WIDTH, BigInt(value)), BigInt(by)));
  };
  return {
    name,
    description,
    example,
    overloads: { [`${name}(int, int) -> int`]: shifted(signed), [`${name}(uint, int) -> uint`]: shifted(unsigned) },
  };
}

export const maths: readonly FunctionDefinition[] = [
  {
    name: 'math.greatest',
    description: 'The greatest of its arguments, or of the numbers of a list.',
    example: 'math.greatest(1, 2.5, 2) == 2.5',
    overloads: { 'math.greatest(list<N>) -> N': extremeOfList(1), 'math.greatest(N...) -> N': extreme(1) },
  },
  {
    name: 'math.least',
    description: 'The least of its arguments, or of the numbers of a list.',
    example: 'math.least([3, 1, 2]) == 1',
    overloads: { 'math.least(list<N>) -> N': extremeOfList(-1), 'math.least(N...) -> N': extreme(-1) },
  },
  {
    name: 'math.div',
    description: 'The quotient of two integers, cut towards zero; `/` with a field in it divides doubles.',
    example: 'math.div(7, 2) == 3',
    overloads: { 'math.div(int, int) -> int': integerDivision },
  },
  {
    name: 'math.ceil',
    description: 'The number rounded up.',
    example: 'math.ceil(1.2) == 2.0',
    overloads: { 'math.ceil(double) -> double': rounding(Math.ceil).double },
  },
  {
    name: 'math.floor',
    description: 'The number rounded down.',
    example: 'math.floor(1.8) == 1.0',
    overloads: { 'math.floor(double) -> double': rounding(Math.floor).double },
  },
  {
    name: 'math.round',
    description: 'The nearest whole number; halves away from zero.',
    example: 'math.round(-1.5) == -2.0',
    overloads: { 'math.round(double) -> double': round },
  },
  {
    name: 'math.trunc',
    description: 'The number cut towards zero.',
    example: 'math.trunc(-1.8) == -1.0',
    overloads: { 'math.trunc(double) -> double': rounding(Math.trunc).double },
  },
  {
    name: 'math.sqrt',
    description: 'The square root; NaN of a negative number.',
    example: 'math.sqrt(9) == 3.0',
    overloads: {
      'math.sqrt(double) -> double': Math.sqrt,
      'math.sqrt(int) -> double': (value: Int) => Math.sqrt(Number(value)),
      'math.sqrt(uint) -> double': (value: Int) => Math.sqrt(Number(value)),
    },
  },
  {
    name: 'math.abs',
    description: 'The number without its sign.',
    example: 'math.abs(-3) == 3',
    overloads: {
      'math.abs(int) -> int': absolute,
      'math.abs(uint) -> uint': (value: Int) => value,
      'math.abs(double) -> double': Math.abs,
    },
  },
  {
    name: 'math.sign',
    description: '-1, 0 or 1.',
    example: 'math.sign(-2.5) == -1.0',
    overloads: {
      'math.sign(int) -> int': signOf,
      'math.sign(uint) -> uint': signOf,
      'math.sign(double) -> double': Math.sign,
    },
  },
  {
    name: 'math.isNaN',
    description: 'Whether a double is not a number.',
    example: 'math.isNaN(0.0 / 0.0)',
    overloads: { 'math.isNaN(double) -> bool': Number.isNaN },
  },
  {
    name: 'math.isInf',
    description: 'Whether a double is infinite.',
    example: 'math.isInf(1.0 / 0.0)',
    overloads: { 'math.isInf(double) -> bool': (value: number) => Math.abs(value) === Infinity },
  },
  {
    name: 'math.isFinite',
    description: 'Whether a double is a finite number.',
    example: 'math.isFinite(1.5)',
    overloads: { 'math.isFinite(double) -> bool': Number.isFinite },
  },
  bitwise('math.bitAnd', 'The bits that both integers have.', 'math.bitAnd(6, 3) == 2', (a, b) => a & b),
  bitwise('math.bitOr', 'The bits that either integer has.', 'math.bitOr(6, 3) == 7', (a, b) => a | b),
  bitwise('math.bitXor', 'The bits that one of the integers has.', 'math.bitXor(6, 3) == 5', (a, b) => a ^ b),
  {
    name: 'math.bitNot',
    description: 'All 64 bits inverted.',
    example: 'math.bitNot(1) == -2',
    overloads: {
      'math.bitNot(int) -> int': (value: Int) => signed(~BigInt(value)),
      'math.bitNot(uint) -> uint': (value: Int) => unsigned(~BigInt(value)),
    },
  },
  shift('math.bitShiftLeft', 'The bits moved to the left.', 'math.bitShiftLeft(1, 3) == 8', (a, b) => a << b),
  shift(
    'math.bitShiftRight',
    'The bits moved to the right, with zeros moved in.',
    'math.bitShiftRight(8, 3) == 1',
    (a, b) => a >> b,
  ),
];
