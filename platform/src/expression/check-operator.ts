/** The types of operators: which operands they take and what they give. */
import type { Checking } from './checking.js';
import { checkTypeName } from './check-name.js';
import { tableMembership } from './check-table.js';
import type { Syntax } from './syntax.js';
import type { BinaryNode, BinaryOperator, TypedNode } from './tree.js';
import { BOOL, DOUBLE, DURATION, DYN, INT, TIMESTAMP, comparable, fits, isNumeric, typeName } from './type-relation.js';
import type { ValueType } from './type.js';

export function checkUnary(checking: Checking, syntax: Syntax & { kind: 'unary' }): TypedNode {
  const { operator, start, end } = syntax;
  const operand = checking.node(syntax.operand);
  const kind = operand.type.kind;
  const applies = operator === '!' ? kind === 'bool' : kind === 'int' || kind === 'double';
  if (!applies && kind !== 'dyn')
    checking.refuse('TG207', syntax, `${operator} does not apply to ${typeName(operand.type)}`);
  const type = operator === '!' ? BOOL : applies ? operand.type : DYN;
  return { kind: 'unary', operator, operand, type, start, end };
}

export function checkBinary(checking: Checking, syntax: Syntax & { kind: 'binary' }): TypedNode {
  const { operator, start, end } = syntax;
  const membership = operator === 'in' ? tableMembership(checking, syntax) : undefined;
  if (membership !== undefined) return membership;
  const isEquality = operator === '==' || operator === '!=';
  const left =
    (isEquality ? typeOperand(checking, syntax.left, syntax.right) : undefined) ?? checking.node(syntax.left);
  const right =
    (isEquality ? typeOperand(checking, syntax.right, syntax.left) : undefined) ?? checking.node(syntax.right);
  const node = { kind: 'binary', operator, left, right, start, end } as const;
  switch (operator) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(checking, { ...node, type: BOOL });
    case 'in':
      return membershipOf(checking, { ...node, type: BOOL });
    default:
      return arithmetic(checking, node);
  }
}

/** In `type(x) == string` the name is the type, also where an untyped event might have a field `string`. */
function typeOperand(checking: Checking, operand: Syntax, other: Syntax): TypedNode | undefined {
  const isTypeCall = other.kind === 'call' && other.name === 'type' && other.target === undefined;
  return isTypeCall && operand.kind === 'identifier' ? checkTypeName(operand, checking) : undefined;
}

const ORDERED = new Set<ValueType['kind']>([
  'dyn',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
]);

function comparison(checking: Checking, node: BinaryNode): TypedNode {
  const { operator, left, right } = node;
  const isOrder = operator !== '==' && operator !== '!=';
  // CEL orders numbers of all types; only == needs one type on both sides.
  const isNull = left.type.kind === 'null' || right.type.kind === 'null';
  const fit =
    isNull && !checking.mixNumbers
      ? fits(left.type, right.type, false)
      : comparable(left.type, right.type, checking.mixNumbers || isOrder);
  if (!fit) {
    checking.refuse('TG206', node, `${typeName(left.type)} cannot be compared with ${typeName(right.type)}`, {
      hint: comparisonHint(left, right),
    });
  } else if (isOrder && !(ORDERED.has(left.type.kind) && ORDERED.has(right.type.kind))) {
    const type = ORDERED.has(left.type.kind) ? right.type : left.type;
    checking.refuse('TG207', node, `${operator} does not apply to ${typeName(type)}`);
  }
  return node;
}

function comparisonHint(left: TypedNode, right: TypedNode): string | undefined {
  const text = left.type.kind === 'string' ? left : right.type.kind === 'string' ? right : undefined;
  const other = text === left ? right : left;
  if (text === undefined) {
    const time = [left, right].find((node) => node.type.kind === 'duration' || node.type.kind === 'timestamp');
    return time === undefined
      ? undefined
      : `Write the ${time.type.kind} as ${time.type.kind === 'duration' ? 'duration("5m")' : 'timestamp("2026-01-31T00:00:00Z")'}.`;
  }
  if (isNumeric(other.type)) {
    if (text.kind === 'literal' && Number.isFinite(Number(text.value))) return 'Write the number without quotes.';
    return other.kind === 'literal'
      ? `Text stands in quotes: "${other.value}".`
      : 'double(text) makes a number of a text.';
  }
  if (other.type.kind === 'timestamp' || other.type.kind === 'duration')
    return `Write ${other.type.kind}(...) around the text.`;
  return undefined;
}

function membershipOf(checking: Checking, node: BinaryNode): TypedNode {
  const { left, right } = node;
  const container = right.type;
  const element =
    container.kind === 'list'
      ? container.element
      : container.kind === 'map'
        ? container.key
        : container.kind === 'record'
          ? { kind: 'string' as const }
          : undefined;
  if (element === undefined) {
    if (container.kind !== 'dyn')
      checking.refuse('TG207', node, `in needs a list or a map on its right, not ${typeName(container)}`);
  } else if (!comparable(left.type, element, checking.mixNumbers)) {
    checking.refuse('TG206', node, `${typeName(left.type)} is never in a ${container.kind} of ${typeName(element)}`);
  }
  return node;
}

function arithmetic(checking: Checking, node: Omit<BinaryNode, 'type'>): TypedNode {
  const { operator, left, right } = node;
  const type = resultOf(operator, left.type, right.type, checking.mixNumbers);
  if (type === undefined) {
    const hint =
      operator === '+' && (left.type.kind === 'string' || right.type.kind === 'string')
        ? 'string(x) makes a text of a value.'
        : undefined;
    checking.refuse('TG207', node, `${operator} does not apply to ${typeName(left.type)} and ${typeName(right.type)}`, {
      hint,
    });
    return { ...node, type: DYN };
  }
  if (operator === '/' && checking.mixNumbers && !(isConstant(left) && isConstant(right))) {
    return { ...node, type: DOUBLE, real: true };
  }
  return { ...node, type };
}

function isConstant(node: TypedNode): boolean {
  if (node.kind === 'unary') return isConstant(node.operand);
  if (node.kind === 'binary') return isConstant(node.left) && isConstant(node.right);
  return node.kind === 'literal';
}

/** The type of `left operator right`, undefined where there is none. */
function resultOf(
  operator: BinaryOperator,
  left: ValueType,
  right: ValueType,
  mixNumbers: boolean,
): ValueType | undefined {
  const pair = `${left.kind} ${operator} ${right.kind}`;
  if (left.kind === 'dyn' || right.kind === 'dyn') {
    const known = left.kind === 'dyn' ? right : left;
    return known.kind === 'dyn' || operands(operator).has(known.kind) ? dynResult(operator, known) : undefined;
  }
  if (isNumeric(left) && isNumeric(right)) {
    if (operator === '%' && (left.kind === 'double' || right.kind === 'double')) return undefined;
    if (left.kind === right.kind) return left;
    return mixNumbers ? (left.kind === 'double' || right.kind === 'double' ? DOUBLE : INT) : undefined;
  }
  if (operator === '+' && left.kind === right.kind) {
    if (left.kind === 'list' && right.kind === 'list')
      return { kind: 'list', element: left.element.kind === right.element.kind ? left.element : DYN };
    if (left.kind === 'string' || left.kind === 'bytes' || left.kind === 'duration') return left;
  }
  return TIME_RESULTS.get(pair);
}

const TIME_RESULTS: ReadonlyMap<string, ValueType> = new Map([
  ['timestamp + duration', TIMESTAMP],
  ['duration + timestamp', TIMESTAMP],
  ['timestamp - duration', TIMESTAMP],
  ['timestamp - timestamp', DURATION],
  ['duration - duration', DURATION],
]);

const SUMMANDS = new Set<ValueType['kind']>([
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'timestamp',
  'duration',
]);
const SUBTRAHENDS = new Set<ValueType['kind']>(['int', 'uint', 'double', 'timestamp', 'duration']);
const FACTORS = new Set<ValueType['kind']>(['int', 'uint', 'double']);
const MODULI = new Set<ValueType['kind']>(['int', 'uint']);

function operands(operator: BinaryOperator): ReadonlySet<ValueType['kind']> {
  return operator === '+' ? SUMMANDS : operator === '-' ? SUBTRAHENDS : operator === '%' ? MODULI : FACTORS;
}

function dynResult(operator: BinaryOperator, known: ValueType): ValueType {
  return operator === '+' && (known.kind === 'string' || known.kind === 'bytes' || known.kind === 'list')
    ? known.kind === 'list'
      ? { kind: 'list', element: DYN }
      : known
    : DYN;
}
