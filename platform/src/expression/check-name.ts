/** Names in expressions: identifiers, fields and indexes. Variables of macros come first, then fields, stages, types. */
import { eventOperand, refuseMany, refuseNotStage, refuseOne, stageNamed } from './check-event.js';
import { checkLookup, refuseBareTable, tableName } from './check-table.js';
import type { Checking } from './checking.js';
import { catalogueNames } from './functions/catalogue.js';
import type { Syntax } from './syntax.js';
import type { EventReference, FieldNode, TypedNode } from './tree.js';
import { DYN, STRING, comparable, fieldType, typeName } from './type-relation.js';
import type { ValueType } from './type.js';

type Identifier = Syntax & { kind: 'identifier' };

/** CEL's names of types, which are values of the type `type`. */
const TYPE_NAMES = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
]);

export function checkTypeName(syntax: Identifier, checking: Checking): TypedNode | undefined {
  const { name, start, end } = syntax;
  if (checking.variables.has(name) || !TYPE_NAMES.has(name)) return undefined;
  if (checking.event !== undefined && Object.hasOwn(checking.event.fields, name)) return undefined;
  return { kind: 'literal', type: { kind: 'type' }, value: name, start, end };
}

export function checkIdentifier(checking: Checking, syntax: Identifier): TypedNode {
  const { name, start, end } = syntax;
  const variable = syntax.absolute === true ? undefined : checking.variables.get(name);
  if (variable !== undefined) return { kind: 'variable', variable: variable.variable, type: variable.type, start, end };
  const { event } = checking;
  const current: EventReference = { kind: 'current' };
  if (event !== undefined && Object.hasOwn(event.fields, name))
    return field(current, [name], event.fields[name]?.type ?? DYN, syntax);
  const stage = stageNamed(checking, syntax);
  if (stage?.stage.holds === 'many')
    return { kind: 'stage', stage: stage.name, type: { kind: 'list', element: stage.stage.event }, start, end };
  const operand = eventOperand(checking, syntax);
  if (operand !== undefined) return field(operand.of, [], operand.record, syntax);
  if (name === 'tables' && checking.scope.tables !== undefined) {
    return checking.refuse('TG211', syntax, 'tables is used without the name of a table', {
      hint: 'Write tables.NAME[key].',
    });
  }
  if (name === 'alert' && checking.scope.alert === true) {
    return checking.refuse('TG202', syntax, 'alert is not a value of its own', { hint: `Write ${ENVELOPE_TEXT}.` });
  }
  const absent = refuseNotStage(checking, syntax);
  if (absent !== undefined) return absent;
  if (event?.open === true && name !== 'tables') return field(current, [name], DYN, syntax);
  return checkTypeName(syntax, checking) ?? unknownIdentifier(checking, name, syntax);
}

function field(of: EventReference, path: readonly string[], type: ValueType, place: Syntax): FieldNode {
  return { kind: 'field', of, path, type, start: place.start, end: place.end };
}

function unknownIdentifier(checking: Checking, name: string, place: Syntax): TypedNode {
  const { scope, event, variables } = checking;
  const names = [
    ...variables.keys(),
    ...Object.keys(event?.fields ?? {}),
    ...(scope.stages?.keys() ?? []),
    ...(scope.tables === undefined ? [] : ['tables']),
  ];
  const called = ['key', 'source', 'eventTime', 'last'].includes(name) || catalogueNames().includes(name);
  return checking.refuse('TG202', place, `unknown identifier "${name}"`, {
    near: [name, names],
    hint: called ? `A function is called with parentheses: ${name}().` : undefined,
  });
}

export function checkSelect(checking: Checking, syntax: Syntax & { kind: 'select' }): TypedNode {
  const { field: name, start, end } = syntax;
  const table = tableName(checking, syntax);
  if (table !== undefined) return refuseBareTable(checking, table, syntax);
  const qualified = qualifiedName(checking, syntax);
  if (qualified !== undefined) return qualified;
  const misused = misusedStage(checking, syntax);
  if (misused !== undefined) return misused;
  const operand = checking.node(syntax.operand);
  const { type } = operand;
  const place = { start: syntax.fieldStart, end };
  if (type.kind === 'record') {
    const found = fieldType(type, name);
    if (found === undefined)
      return checking.refuse('TG203', place, `unknown field "${name}"`, { near: [name, Object.keys(type.fields)] });
    return selected(operand, name, found, syntax);
  }
  if (type.kind === 'map' && comparable(type.key, STRING, false)) return selected(operand, name, type.value, syntax);
  if (type.kind === 'dyn') return selected(operand, name, DYN, syntax);
  const hasSize = ['string', 'list', 'bytes'].includes(type.kind) && name === 'length';
  const hint = hasSize ? 'Write size(...) of it.' : undefined;
  return checking.refuse('TG203', { start, end }, `${typeName(type)} has no field "${name}"`, { hint });
}

/** A field of a field is one path into the record. */
function selected(operand: TypedNode, name: string, type: ValueType, place: Syntax): TypedNode {
  if (operand.kind === 'field') return field(operand.of, [...operand.path, name], type, place);
  return { kind: 'select', operand, field: name, type, start: place.start, end: place.end };
}

/** `alert.rule`, and names with dots that are types or declared as such. */
function qualifiedName(checking: Checking, syntax: Syntax & { kind: 'select' }): TypedNode | undefined {
  const { start, end } = syntax;
  const name = dotted(syntax);
  const [head = ''] = name?.split('.') ?? [];
  if (name === undefined || checking.variables.has(head)) return undefined;
  if (checking.event !== undefined && Object.hasOwn(checking.event.fields, name)) {
    return field({ kind: 'current' }, [name], checking.event.fields[name]?.type ?? DYN, syntax);
  }
  if (checking.event !== undefined && Object.hasOwn(checking.event.fields, head)) return undefined;
  if (TYPE_NAMES.has(name)) return { kind: 'literal', type: { kind: 'type' }, value: name, start, end };
  return checking.scope.alert === true && syntax.operand.kind === 'identifier' && head === 'alert'
    ? ofEnvelope(checking, syntax)
    : undefined;
}

/** What may be read of another rule's alert beside its fields. */
const ENVELOPE = new Map([
  ['rule', 'alertRule'],
  ['severity', 'alertSeverity'],
] as const);
const ENVELOPE_TEXT = [...ENVELOPE.keys()].map((field) => `alert.${field}`).join(' or ');

function ofEnvelope(
  checking: Checking,
  { field: name, fieldStart, start, end }: Syntax & { kind: 'select' },
): TypedNode {
  for (const [field, metadata] of ENVELOPE) {
    if (field === name) return { kind: 'metadata', name: metadata, of: { kind: 'current' }, type: STRING, start, end };
  }
  return checking.refuse('TG203', { start: fieldStart, end }, `an alert has no "${name}" beside its fields`, {
    near: [name, ENVELOPE.keys()],
    hint: `Write ${ENVELOPE_TEXT}; what the rule selects is read by its own name.`,
  });
}

/** `a.b.c`, when the syntax is nothing but names. */
export function dotted(syntax: Syntax): string | undefined {
  if (syntax.kind === 'identifier') return syntax.name;
  const operand = syntax.kind === 'select' ? dotted(syntax.operand) : undefined;
  return operand === undefined || syntax.kind !== 'select' ? undefined : `${operand}.${syntax.field}`;
}

/** `probe.amount` of a list, and `cashout[0].amount` of one event. */
function misusedStage(checking: Checking, syntax: Syntax & { kind: 'select' }): TypedNode | undefined {
  const { operand, field: name } = syntax;
  const stage = stageNamed(checking, operand);
  if (stage?.stage.holds === 'many') return refuseMany(checking, stage.name, syntax, `first(${stage.name}).${name}`);
  const indexed = operand.kind === 'index' ? stageNamed(checking, operand.operand) : undefined;
  const isText = operand.kind === 'index' && operand.index.kind === 'literal' && operand.index.type === 'string';
  if (indexed?.stage.holds === 'one' && !isText)
    return refuseOne(checking, indexed.name, indexed.stage.event, syntax, name);
  return undefined;
}

export function checkIndex(checking: Checking, syntax: Syntax & { kind: 'index' }): TypedNode {
  const { start, end } = syntax;
  const lookup = checkLookup(checking, syntax.operand, syntax.index, syntax);
  if (lookup !== undefined) return lookup;
  const nth = eventOperand(checking, syntax);
  if (nth !== undefined) return field(nth.of, [], nth.record, syntax);
  const text = syntax.index.kind === 'literal' && syntax.index.type === 'string' ? syntax.index.value : undefined;
  const stage = stageNamed(checking, syntax.operand);
  if (stage !== undefined && text === undefined) return refuseOne(checking, stage.name, stage.stage.event, syntax);
  const operand = checking.node(syntax.operand);
  const { type } = operand;
  if (type.kind === 'record' && text !== undefined) {
    const found = fieldType(type, text) ?? (operand.kind === 'field' && operand.path.length === 0 ? DYN : undefined);
    if (found === undefined)
      return checking.refuse('TG203', syntax.index, `unknown field "${text}"`, {
        near: [text, Object.keys(type.fields)],
      });
    return selected(operand, text, found, syntax);
  }
  const index = checking.node(syntax.index);
  const node = { kind: 'index', operand, index, start, end } as const;
  switch (type.kind) {
    case 'dyn':
      return text === undefined ? { ...node, type: DYN } : selected(operand, text, DYN, syntax);
    case 'list':
      if (!['int', 'uint', 'dyn'].includes(index.type.kind))
        return checking.refuse('TG207', index, `the index of a list is an int, not ${typeName(index.type)}`);
      return { ...node, type: type.element };
    case 'map':
      if (!comparable(index.type, type.key, checking.mixNumbers))
        return checking.refuse(
          'TG206',
          index,
          `a key of this map is ${typeName(type.key)}, not ${typeName(index.type)}`,
        );
      return { ...node, type: type.value };
    case 'record':
      return { ...node, type: DYN };
    default:
      return checking.refuse('TG207', syntax, `${typeName(type)} has no elements`);
  }
}
