/** Tables in expressions: `tables.NAME[key]` is a row, `key in tables.NAME` asks for one. */
import type { Checking } from './checking.js';
import type { Syntax } from './syntax.js';
import type { LookupNode, TypedNode } from './tree.js';
import { BOOL, comparable, typeName } from './type-relation.js';

/** The name that `tables.NAME` gives, also if there is no such table; undefined when the syntax is something else. */
export function tableName(checking: Checking, syntax: Syntax): string | undefined {
  const isTables = syntax.kind === 'select' && syntax.operand.kind === 'identifier' && syntax.operand.name === 'tables';
  return isTables && !checking.variables.has('tables') && checking.scope.tables !== undefined
    ? syntax.field
    : undefined;
}

/** `operand[index]` where the operand is a table; undefined when it is not. */
export function checkLookup(checking: Checking, table: Syntax, index: Syntax, place: Syntax): TypedNode | undefined {
  const name = tableName(checking, table);
  if (name === undefined || table.kind !== 'select') return undefined;
  const declared = checking.scope.tables?.get(name);
  if (declared === undefined) {
    const { fieldStart } = table;
    const near = [name, checking.scope.tables?.keys() ?? []] as const;
    return checking.refuse('TG211', { start: fieldStart, end: table.end }, `unknown table "${name}"`, { near });
  }
  const key = checking.node(index);
  if (!comparable(key.type, declared.key, checking.mixNumbers)) {
    checking.refuse('TG206', key, `the key of tables.${name} is ${typeName(declared.key)}, not ${typeName(key.type)}`);
  }
  return {
    kind: 'lookup',
    table: name,
    key,
    type: declared.row,
    start: place.start,
    end: place.end,
  } satisfies LookupNode;
}

/** `key in tables.NAME`; undefined when the right side is no table. */
export function tableMembership(checking: Checking, syntax: Syntax & { kind: 'binary' }): TypedNode | undefined {
  const { start, end } = syntax;
  const operand = checkLookup(checking, syntax.right, syntax.left, syntax);
  return operand === undefined ? undefined : { kind: 'has', operand, type: BOOL, start, end };
}

export function refuseBareTable(checking: Checking, name: string, place: Syntax): TypedNode {
  const known = checking.scope.tables?.has(name) === true;
  const message = known ? `tables.${name} is used without a key` : `unknown table "${name}"`;
  const hint = known ? `Write tables.${name}[key].` : undefined;
  return checking.refuse('TG211', place, message, {
    hint,
    near: [name, known ? [] : (checking.scope.tables?.keys() ?? [])],
  });
}
