/**
 * Shortcuts for operators: where both operands turn out to be numbers, texts or bools, JavaScript's own operators do what
 * the shared operation would; else that is called.
 */
import type { Generator } from './generate.js';
import { TIMESTAMP_MAX_MS, TIMESTAMP_MIN_MS } from './time-text.js';
import type { BinaryNode, TypedNode } from './tree.js';
import type { BinaryOperation } from './values.js';

type Primitive = 'number' | 'string' | 'boolean';

/** What the operand's value is in JavaScript if all is as the checker says; `dyn` operands are taken for numbers. */
function primitiveOf(node: TypedNode): Primitive | undefined {
  switch (node.type.kind) {
    case 'string':
      return 'string';
    case 'bool':
      return 'boolean';
    case 'int':
    case 'uint':
    case 'double':
    case 'timestamp':
    case 'duration':
      return 'number';
    default:
      return undefined;
  }
}

interface Operands {
  /** Assigns the operands that need a temporary and tests their types. */
  readonly test: string;
  readonly left: string;
  readonly right: string;
}

/** Reads both operands into temporaries and tests that they are of the primitive type; literals need neither. */
function readOperands(generator: Generator, node: BinaryNode, primitive: Primitive): Operands {
  const tests: string[] = [];
  const loads: string[] = [];
  const read = (operand: TypedNode): string => {
    if (operand.kind === 'literal' && typeof generator.values.literal(operand) === primitive)
      return generator.value(operand);
    const name = generator.temporaries.next();
    loads.push(`${name}=${generator.value(operand)}`);
    tests.push(name);
    return name;
  };
  const left = read(node.left);
  const right = read(node.right);
  // Both are assigned before either is tested: the slow path needs them.
  if (loads.length === 1) return { test: `typeof (${loads[0]})===${JSON.stringify(primitive)}`, left, right };
  const checks = tests.map((name) => `typeof ${name}===${JSON.stringify(primitive)}`).join('&&');
  return { test: loads.length === 0 ? 'true' : `(${loads.join(',')},${checks})`, left, right };
}

const JAVASCRIPT = { '==': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

function isComparison(operator: string): operator is keyof typeof JAVASCRIPT {
  return Object.hasOwn(JAVASCRIPT, operator);
}

export function comparisonShortcut(
  generator: Generator,
  node: BinaryNode,
  operation: BinaryOperation,
  wanted?: boolean,
): string | undefined {
  const { operator } = node;
  if (generator.values.strict || !isComparison(operator)) return undefined;
  const isOrder = operator !== '==' && operator !== '!=';
  const primitive = primitiveOf(node.left) ?? primitiveOf(node.right);
  // Texts are ordered by code points, which is not JavaScript's order.
  if (primitive === undefined || (isOrder && primitive !== 'number')) return undefined;
  const { test, left, right } = readOperands(generator, node, primitive);
  const fast = `${left}${JAVASCRIPT[operator]}${right}`;
  const slow = `${generator.constants.add(operation)}(${left},${right})`;
  if (wanted === undefined) return `(${test}?${fast}:${slow})`;
  return `(${test}?${wanted ? fast : `!(${fast})`}:${slow}===${wanted})`;
}

/** `x in ["a", "b"]`: a set of texts or numbers that are all literals. */
export function membershipShortcut(
  generator: Generator,
  node: BinaryNode,
  operation: BinaryOperation,
  wanted?: boolean,
): string | undefined {
  const { right } = node;
  if (generator.values.strict || node.operator !== 'in' || right.kind !== 'list' || right.elements.length === 0)
    return undefined;
  const elements = right.elements.map((element) =>
    element.kind === 'literal' ? generator.values.literal(element) : undefined,
  );
  const primitive = typeof elements[0];
  if ((primitive !== 'string' && primitive !== 'number') || elements.some((element) => typeof element !== primitive))
    return undefined;
  const element = generator.temporaries.next();
  const set = new Set(elements);
  const test = `typeof (${element}=${generator.value(node.left)})===${JSON.stringify(primitive)}`;
  const fast = `${generator.constants.add(set)}.has(${element})`;
  const slow = `${generator.constants.add(operation)}(${element},${generator.constants.add(elements)})`;
  if (wanted === undefined) return `(${test}?${fast}:${slow})`;
  return `(${test}?${wanted ? fast : `!${fast}`}:${slow}===${wanted})`;
}

export function arithmeticShortcut(
  generator: Generator,
  node: BinaryNode,
  operation: BinaryOperation,
): string | undefined {
  const { operator } = node;
  const isQuotient = operator === '/' && node.real === true;
  if (generator.values.strict || !(operator === '+' || operator === '-' || operator === '*' || isQuotient))
    return undefined;
  const mayBeNumber = (operand: TypedNode): boolean => operand.type.kind === 'dyn' || primitiveOf(operand) === 'number';
  if (!mayBeNumber(node.left) || !mayBeNumber(node.right)) return undefined;
  const { test, left, right } = readOperands(generator, node, 'number');
  const slow = `${generator.constants.add(operation)}(${left},${right})`;
  const fast = `${left}${operator}${right}`;
  const bounds = BOUNDS.get(node.type.kind);
  if (bounds === undefined) return `(${test}?${fast}:${slow})`;
  // An int that JavaScript cannot hold, and a timestamp out of range, are left to the operation.
  const result = generator.temporaries.next();
  return `(${test}&&(${result}=${fast})>=${bounds[0]}&&${result}<=${bounds[1]}?${result}:${slow})`;
}

/** `n % 7`: an integer by a literal other than 0. Adding 0 makes the -0 of JavaScript's remainder the one zero of an int. */
export function remainderShortcut(
  generator: Generator,
  node: BinaryNode,
  operation: BinaryOperation,
): string | undefined {
  const { left, right } = node;
  const divisor = right.kind === 'literal' ? generator.values.literal(right) : undefined;
  if (generator.values.strict || node.operator !== '%' || !Number.isInteger(divisor) || divisor === 0) return undefined;
  const name = generator.temporaries.next();
  const isInteger = `${generator.constants.add(Number.isInteger)}(${name}=${generator.value(left)})`;
  return `(${isInteger}?${name}%${generator.value(right)}+0:${generator.constants.add(operation)}(${name},${generator.value(right)}))`;
}

const BOUNDS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['int', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ['uint', [0, Number.MAX_SAFE_INTEGER]],
  ['timestamp', [TIMESTAMP_MIN_MS, TIMESTAMP_MAX_MS]],
]);
