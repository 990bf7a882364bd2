/** Macros: `has`, `coalesce`, `cel.bind` and those that go over the elements of a list or the entries of a map. */
import { checkLookup } from './check-table.js';
import { dotted } from './check-name.js';
import type { Checking } from './checking.js';
import type { Syntax } from './syntax.js';
import type { ComprehensionMacro, TypedNode } from './tree.js';
import { BOOL, DYN, INT, STRING, commonType, typeName } from './type-relation.js';
import type { ValueType } from './type.js';

type Call = Syntax & { kind: 'call' };

/** Macros by name and number of arguments: how many variables they bind, and whether a filter comes before the body. */
const COMPREHENSIONS: ReadonlyMap<
  string,
  { readonly macro: ComprehensionMacro; readonly variables: number; readonly filter: boolean }
> = new Map([
  ['all/2', { macro: 'all', variables: 1, filter: false }],
  ['all/3', { macro: 'all', variables: 2, filter: false }],
  ['exists/2', { macro: 'exists', variables: 1, filter: false }],
  ['exists/3', { macro: 'exists', variables: 2, filter: false }],
  ['exists_one/2', { macro: 'existsOne', variables: 1, filter: false }],
  ['existsOne/2', { macro: 'existsOne', variables: 1, filter: false }],
  ['exists_one/3', { macro: 'existsOne', variables: 2, filter: false }],
  ['existsOne/3', { macro: 'existsOne', variables: 2, filter: false }],
  ['filter/2', { macro: 'filter', variables: 1, filter: false }],
  ['map/2', { macro: 'map', variables: 1, filter: false }],
  ['map/3', { macro: 'map', variables: 1, filter: true }],
  ['transformList/3', { macro: 'map', variables: 2, filter: false }],
  ['transformList/4', { macro: 'map', variables: 2, filter: true }],
  ['transformMap/3', { macro: 'transformMap', variables: 2, filter: false }],
  ['transformMap/4', { macro: 'transformMap', variables: 2, filter: true }],
  ['transformMapEntry/3', { macro: 'transformMapEntry', variables: 2, filter: false }],
  ['transformMapEntry/4', { macro: 'transformMapEntry', variables: 2, filter: true }],
] as const);

/** Undefined when the call is no macro. */
export function checkMacro(checking: Checking, syntax: Call): TypedNode | undefined {
  const { name, target } = syntax;
  if (target === undefined) {
    if (name === 'has') return has(checking, syntax);
    if (name === 'coalesce') return coalesce(checking, syntax);
    return undefined;
  }
  if (name === 'bind' && dotted(target) === 'cel') return bind(checking, syntax);
  const form = COMPREHENSIONS.get(`${name}/${syntax.arguments.length}`);
  return form === undefined ? undefined : comprehension(checking, syntax, target, form);
}

function has(checking: Checking, syntax: Call): TypedNode {
  const { start, end } = syntax;
  const [argument] = syntax.arguments;
  const node = argument === undefined || syntax.arguments.length > 1 ? undefined : presence(checking, argument);
  if (node === undefined)
    return checking.refuse('TG213', argument ?? syntax, 'has() takes a field', {
      hint: 'Write has(country) or has(device.id).',
    });
  return { kind: 'has', operand: node, type: BOOL, start, end };
}

function presence(checking: Checking, argument: Syntax): TypedNode | undefined {
  const isPlain = argument.kind === 'identifier' && checking.mixNumbers;
  const isIndex = argument.kind === 'index' && checking.mixNumbers;
  if (argument.kind === 'index')
    return isIndex
      ? (checkLookup(checking, argument.operand, argument.index, argument) ?? checking.node(argument))
      : undefined;
  return argument.kind === 'select' || isPlain ? checking.node(argument) : undefined;
}

function coalesce(checking: Checking, syntax: Call): TypedNode {
  const { start, end } = syntax;
  const operands = syntax.arguments.map((argument) => checking.node(argument));
  const [first, ...rest] = operands;
  if (first === undefined) return checking.refuse('TG205', syntax, 'coalesce() needs an operand');
  const type = rest.reduce(
    (common, { type: next }) =>
      common.kind === 'null' ? next : next.kind === 'null' ? common : commonType(common, next, checking.mixNumbers),
    first.type,
  );
  return { kind: 'coalesce', operands, type, start, end };
}

function bind(checking: Checking, syntax: Call): TypedNode {
  const { start, end } = syntax;
  const [variable, bound, expression] = syntax.arguments;
  if (variable?.kind !== 'identifier' || bound === undefined || expression === undefined) {
    return checking.refuse('TG213', syntax, 'cel.bind() takes a name, a value and an expression', {
      hint: 'Write cel.bind(x, amount * 2, x > 10 && x < 20).',
    });
  }
  const value = checking.node(bound);
  const { child, numbers } = checking.binding([variable.name], [value.type]);
  const body = child.node(expression);
  return { kind: 'bind', variable: numbers[0] ?? 0, value, body, type: body.type, start, end };
}

function comprehension(
  checking: Checking,
  syntax: Call,
  target: Syntax,
  form: { readonly macro: ComprehensionMacro; readonly variables: number; readonly filter: boolean },
): TypedNode {
  const { start, end } = syntax;
  const source = checking.node(target);
  const names: string[] = [];
  for (const variable of syntax.arguments.slice(0, form.variables)) {
    if (variable.kind !== 'identifier' || names.includes(variable.name)) {
      return checking.refuse('TG213', variable, `${syntax.name}() begins with a name for the element`, {
        hint: `Write list.${syntax.name}(x, ...) with x in the rest.`,
      });
    }
    names.push(variable.name);
  }
  const types = elementTypes(checking, source, form.variables);
  const { child, numbers } = checking.binding(names, types);
  const [filterSyntax, bodySyntax] = form.filter
    ? syntax.arguments.slice(form.variables)
    : [undefined, syntax.arguments[form.variables]];
  if (bodySyntax === undefined) return checking.refuse('TG213', syntax, `${syntax.name}() lacks an expression`);
  const filter = filterSyntax === undefined ? undefined : child.bool(filterSyntax, `the filter of ${syntax.name}()`);
  const isCondition = ['all', 'exists', 'existsOne', 'filter'].includes(form.macro);
  const body = isCondition ? child.bool(bodySyntax, `the condition of ${syntax.name}()`) : child.node(bodySyntax);
  const type = resultType(form.macro, source.type, types, body.type);
  return {
    kind: 'comprehension',
    macro: form.macro,
    variables: numbers,
    source,
    ...(filter === undefined ? {} : { filter }),
    body,
    type,
    start,
    end,
  };
}

function elementTypes(checking: Checking, source: TypedNode, variables: number): readonly ValueType[] {
  const { type } = source;
  if (type.kind === 'list') return variables === 1 ? [type.element] : [INT, type.element];
  if (type.kind === 'map') return variables === 1 ? [type.key] : [type.key, type.value];
  if (type.kind === 'record') return variables === 1 ? [STRING] : [STRING, DYN];
  if (type.kind !== 'dyn') checking.refuse('TG207', source, `a macro goes over a list or a map, not ${typeName(type)}`);
  return [DYN, DYN];
}

function resultType(
  macro: ComprehensionMacro,
  source: ValueType,
  elements: readonly ValueType[],
  body: ValueType,
): ValueType {
  switch (macro) {
    case 'all':
    case 'exists':
    case 'existsOne':
      return BOOL;
    case 'filter':
      return { kind: 'list', element: source.kind === 'list' ? source.element : (elements[0] ?? DYN) };
    case 'map':
      return { kind: 'list', element: body };
    case 'transformMap':
      return { kind: 'map', key: elements[0] ?? DYN, value: body };
    case 'transformMapEntry':
      return body.kind === 'map' ? body : { kind: 'map', key: DYN, value: DYN };
  }
}
