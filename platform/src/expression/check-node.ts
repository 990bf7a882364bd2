/** The checker's dispatch, and the expressions that are made of others: literals, logic, choice, lists and maps. */
import { checkCall } from './check-call.js';
import { checkIdentifier, checkIndex, checkSelect } from './check-name.js';
import { checkBinary, checkUnary } from './check-operator.js';
import type { Checking } from './checking.js';
import type { LiteralSyntax, Syntax } from './syntax.js';
import type { LiteralNode, TypedNode } from './tree.js';
import { BOOL, DYN, commonType, fits, typeName } from './type-relation.js';
import type { ValueType } from './type.js';

export function checkNode(checking: Checking, syntax: Syntax): TypedNode {
  switch (syntax.kind) {
    case 'literal':
      return literal(syntax);
    case 'identifier':
      return checkIdentifier(checking, syntax);
    case 'select':
      return checkSelect(checking, syntax);
    case 'index':
      return checkIndex(checking, syntax);
    case 'call':
      return checkCall(checking, syntax);
    case 'unary':
      return checkUnary(checking, syntax);
    case 'binary':
      return checkBinary(checking, syntax);
    case 'logical':
      return logical(checking, syntax);
    case 'conditional':
      return conditional(checking, syntax);
    case 'list':
      return list(checking, syntax);
    case 'map':
      return map(checking, syntax);
  }
}

function literal(syntax: LiteralSyntax): LiteralNode {
  const { start, end } = syntax;
  const type: ValueType = { kind: syntax.type };
  switch (syntax.type) {
    case 'int':
    case 'uint': {
      const small = syntax.value >= Number.MIN_SAFE_INTEGER && syntax.value <= Number.MAX_SAFE_INTEGER;
      return { kind: 'literal', type, value: small ? Number(syntax.value) : String(syntax.value), start, end };
    }
    case 'bytes':
      return { kind: 'literal', type, value: Buffer.from(syntax.value).toString('base64'), start, end };
    default:
      return { kind: 'literal', type, value: syntax.value, start, end };
  }
}

function logical(checking: Checking, syntax: Syntax & { kind: 'logical' }): TypedNode {
  const { operator, start, end } = syntax;
  const operands = syntax.operands.map((operand) => checking.bool(operand, `an operand of ${operator}`));
  return { kind: 'logical', operator, operands, type: BOOL, start, end };
}

function conditional(checking: Checking, syntax: Syntax & { kind: 'conditional' }): TypedNode {
  const { start, end } = syntax;
  const condition = checking.bool(syntax.condition, 'the condition of ?:');
  const then = checking.node(syntax.then);
  const otherwise = checking.node(syntax.otherwise);
  const isNull = then.type.kind === 'null' || otherwise.type.kind === 'null';
  if (!isNull && !fits(then.type, otherwise.type, checking.mixNumbers)) {
    checking.refuse(
      'TG207',
      { start: then.start, end },
      `the sides of ?: have different types, ${typeName(then.type)} and ${typeName(otherwise.type)}`,
    );
  }
  return {
    kind: 'conditional',
    condition,
    then,
    otherwise,
    type: commonType(then.type, otherwise.type, checking.mixNumbers),
    start,
    end,
  };
}

function list(checking: Checking, syntax: Syntax & { kind: 'list' }): TypedNode {
  const { start, end } = syntax;
  const elements = syntax.elements.map((element) => checking.node(element));
  return { kind: 'list', elements, type: { kind: 'list', element: common(checking, elements) }, start, end };
}

function map(checking: Checking, syntax: Syntax & { kind: 'map' }): TypedNode {
  const { start, end } = syntax;
  const entries = syntax.entries.map(([key, value]) => [checking.node(key), checking.node(value)] as const);
  for (const [key] of entries) {
    if (!['dyn', 'string', 'int', 'uint', 'bool'].includes(key.type.kind)) {
      checking.refuse('TG207', key, `a key of a map is a text, an integer or a bool, not ${typeName(key.type)}`);
    }
  }
  const keys = entries.map(([key]) => key);
  const values = entries.map(([, value]) => value);
  return {
    kind: 'map',
    entries,
    type: { kind: 'map', key: common(checking, keys), value: common(checking, values) },
    start,
    end,
  };
}

function common(checking: Checking, nodes: readonly TypedNode[]): ValueType {
  const [first, ...rest] = nodes;
  if (first === undefined) return DYN;
  return rest.reduce((type, node) => commonType(type, node.type, checking.mixNumbers), first.type);
}
