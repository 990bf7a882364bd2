/**
 * Events in expressions: the current one, those that the match has taken, and what is known about each besides its
 * fields. `cashout` is an event when its stage holds exactly one, else a list: `first(s)`, `last(s)`, `s[i]`.
 */
import type { Checking } from './checking.js';
import type { Syntax } from './syntax.js';
import type { EventReference, MetadataNode, TypedNode } from './tree.js';
import { STRING, TIMESTAMP, typeName } from './type-relation.js';
import type { RecordType } from './type.js';
import { unionOfRecords } from './scope.js';
import type { StageScope } from './scope.js';

export interface EventOperand {
  readonly of: EventReference;
  readonly record: RecordType;
}

/** The stage that an identifier names; variables of macros and declared fields come first. */
export function stageNamed(
  checking: Checking,
  syntax: Syntax,
): { readonly name: string; readonly stage: StageScope } | undefined {
  if (syntax.kind !== 'identifier' || checking.variables.has(syntax.name)) return undefined;
  if (checking.event !== undefined && Object.hasOwn(checking.event.fields, syntax.name)) return undefined;
  const stage = checking.scope.stages?.get(syntax.name);
  return stage === undefined ? undefined : { name: syntax.name, stage };
}

/** The one event that the syntax means, or undefined when it means something else. May report a problem with an index. */
export function eventOperand(checking: Checking, syntax: Syntax): EventOperand | undefined {
  const named = stageNamed(checking, syntax);
  if (named !== undefined) {
    if (named.stage.holds === 'many') return undefined;
    return { of: { kind: 'captured', stage: named.name, at: 'only' }, record: named.stage.event };
  }
  if (syntax.kind === 'identifier') {
    const isEvent = syntax.name === 'event' && !checking.variables.has('event') && checking.event !== undefined;
    return isEvent && checking.event !== undefined ? { of: { kind: 'current' }, record: checking.event } : undefined;
  }
  if (syntax.kind === 'index') return nthEvent(checking, syntax);
  if (syntax.kind === 'call' && syntax.target === undefined) return endOfStage(checking, syntax);
  return undefined;
}

function nthEvent(checking: Checking, syntax: Syntax & { kind: 'index' }): EventOperand | undefined {
  const named = stageNamed(checking, syntax.operand);
  if (named?.stage.holds !== 'many') return undefined;
  const index = checking.node(syntax.index);
  if (index.type.kind !== 'int' && index.type.kind !== 'uint' && index.type.kind !== 'dyn') {
    checking.refuse(
      'TG208',
      index,
      `${named.name} is a list of events, so its index is an int, not ${typeName(index.type)}`,
    );
  }
  return { of: { kind: 'nth', stage: named.name, index }, record: named.stage.event };
}

function endOfStage(checking: Checking, syntax: Syntax & { kind: 'call' }): EventOperand | undefined {
  const { name } = syntax;
  const [argument] = syntax.arguments;
  if (name === 'last' && argument === undefined && checking.scope.stages !== undefined) {
    const records = [...checking.scope.stages.values()].map((stage) => stage.event);
    return { of: { kind: 'latest' }, record: unionOfRecords(records) };
  }
  if ((name !== 'first' && name !== 'last') || argument === undefined || syntax.arguments.length > 1) return undefined;
  const named = stageNamed(checking, argument);
  if (named?.stage.holds !== 'many') return undefined;
  return { of: { kind: 'captured', stage: named.name, at: name }, record: named.stage.event };
}

/** `key()`, `source()`, `eventTime()`, `header()` and `last()`; undefined when the call is none of them. */
export function checkMetadata(checking: Checking, syntax: Syntax & { kind: 'call' }): TypedNode | undefined {
  const { name, start, end } = syntax;
  if (syntax.target !== undefined) return undefined;
  switch (name) {
    case 'last':
      if (syntax.arguments.length > 0) return undefined;
      return checking.refuse('TG212', syntax, 'last() has a meaning in a pattern alone', {
        hint: 'It is the event that the match took last.',
      });
    case 'key':
      if (syntax.arguments.length > 0) return checking.refuse('TG205', syntax, 'key() takes no arguments');
      if (checking.scope.key === undefined)
        return checking.refuse('TG212', syntax, 'there is no key here', { hint: 'Give the rule a key.' });
      return { kind: 'metadata', name, of: { kind: 'current' }, type: checking.scope.key, start, end };
    case 'source':
    case 'eventTime':
      return ofEvent(checking, syntax, name, syntax.arguments);
    case 'header': {
      const [header, ...event] = [...syntax.arguments].reverse();
      if (header === undefined) return checking.refuse('TG205', syntax, 'header() needs the name of a header');
      const node = checking.node(header);
      if (node.type.kind !== 'string' && node.type.kind !== 'dyn')
        checking.refuse('TG205', node, `the name of a header is a text, not ${typeName(node.type)}`);
      return ofEvent(checking, syntax, name, event, node);
    }
    default:
      return undefined;
  }
}

function ofEvent(
  checking: Checking,
  syntax: Syntax & { kind: 'call' },
  name: 'source' | 'eventTime' | 'header',
  events: readonly Syntax[],
  header?: TypedNode,
): TypedNode {
  const { start, end } = syntax;
  const [event] = events;
  if (events.length > 1) return checking.refuse('TG205', syntax, `${name}() takes one event`);
  const operand = event === undefined ? currentEvent(checking) : eventOperand(checking, event);
  if (operand === undefined) {
    if (event === undefined)
      return checking.refuse('TG212', syntax, `there is no current event here`, { hint: `Write ${name}(stage).` });
    const many = stageNamed(checking, event);
    if (many !== undefined) return refuseMany(checking, many.name, syntax, `${name}(first(${many.name}))`);
    return checking.refuse('TG205', event, `${name}() takes an event, such as a stage or first(stage)`);
  }
  const type = name === 'eventTime' ? TIMESTAMP : STRING;
  return {
    kind: 'metadata',
    name,
    of: operand.of,
    ...(header === undefined ? {} : { header }),
    type,
    start,
    end,
  } satisfies MetadataNode;
}

function currentEvent(checking: Checking): EventOperand | undefined {
  const { event } = checking;
  const available = checking.scope.metadata ?? event !== undefined;
  return available ? { of: { kind: 'current' }, record: event ?? unionOfRecords([]) } : undefined;
}

/** Undefined when the syntax does not name a step that never takes an event. */
export function refuseNotStage(checking: Checking, syntax: Syntax): TypedNode | undefined {
  if (syntax.kind !== 'identifier' || checking.scope.notStages?.has(syntax.name) !== true) return undefined;
  if (checking.variables.has(syntax.name) || Object.hasOwn(checking.event?.fields ?? {}, syntax.name)) return undefined;
  return checking.refuse('TG208', syntax, `"${syntax.name}" is a not step, which never takes an event`, {
    hint: 'There is nothing to read from it: name a step that takes events.',
  });
}

/** A stage of one event that is used as a list. */
export function refuseOne(
  checking: Checking,
  stage: string,
  record: RecordType,
  place: Syntax,
  field?: string,
): TypedNode {
  const name = field ?? Object.keys(record.fields)[0];
  return checking.refuse(
    'TG208',
    place,
    `${stage} is one event: write ${name === undefined ? stage : `${stage}.${name}`}`,
  );
}

/** A stage of many events that is used as one. */
export function refuseMany(
  checking: Checking,
  stage: string,
  place: { start: number; end: number },
  instead: string,
): TypedNode {
  return checking.refuse('TG208', place, `${stage} is a list of events: write ${instead}`, {
    hint: `Also last(${stage}), ${stage}[0] and size(${stage}).`,
  });
}
