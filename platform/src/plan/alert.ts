/**
 * What a rule's alert holds and says: `select`, `message` and `suppress.by`, typed.
 *
 * Without a `select`, a filter's alert holds its event's fields and a pattern's alert its stages as lists of events, so
 * that a rule over these alerts reads what was there. A message and `by` may also use the names of select fields, which
 * are written out here, so that all three read the same things at run time. A type, as `type(x)` gives it, is no value of a
 * record: in a select field it is its name.
 */
import { checkExpression, type ExpressionScope } from '../expression/index.js';
import type { TypedTree } from '../expression/tree.js';
import type { FieldType, RecordType, ValueType } from '../expression/type.js';
import type { RuleDescriptor } from '../job/stream-graph.js';
import type { ExpressionText, Rule } from '../spec/application.js';
import type { CheckedExpression, ExpressionChecker } from './expression-checker.js';
import type { Findings } from './findings.js';
import { MASK, PersonalData } from './personal-data.js';
import { refuseEnvelopeName, refuseReservedName } from './reserved-names.js';
import { writeOutFields } from './write-out-fields.js';

export type AlertContent = Pick<RuleDescriptor, 'body' | 'select' | 'fields' | 'message' | 'suppress'>;

/** A select field; undefined: its expression is wrong. */
type Selected = ReadonlyMap<string, (CheckedExpression & { readonly personal: boolean }) | undefined>;

/** `scope`: of a filter, its event; of a pattern, its stages without a current event. */
export function planAlert(
  rule: Rule,
  scope: ExpressionScope,
  personalKey: boolean,
  checker: ExpressionChecker,
  findings: Findings,
): AlertContent {
  const inputs = rule.inputs.map(({ name }) => name);
  const personal = new PersonalData(scope, personalKey);
  const selected: Selected = new Map(
    rule.select.map(({ name, value }) => {
      const path = ['rules', rule.name, 'select', name];
      if (!refuseReservedName('select field', name, path, 'key', findings)) refuseEnvelopeName(name, path, findings);
      const checked = typesByName(checker.value(value, scope, { inputs }), value, scope);
      if (checked !== undefined && holdsTypes(checked.type)) {
        const help = 'write string(type(x)), which is the name of the type';
        findings.error('TG323', `select.${name} holds types, which are no values of an alert`, path, { help });
      }
      return [name, checked && { ...checked, personal: personal.isReadBy(checked.tree) }];
    }),
  );
  const wide = withFields(scope, selected);
  const read = (expression: ExpressionText): TypedTree | undefined => {
    const checked = checker.value(expression, wide, { inputs });
    return checked === undefined ? undefined : writeOutFields(checked.tree, selected);
  };
  const say = (part: string | ExpressionText): string | TypedTree | undefined => {
    if (typeof part === 'string') return part;
    const tree = read(part);
    return tree !== undefined && personal.isReadBy(tree) ? MASK : tree;
  };
  const body = rule.select.length > 0 ? 'select' : rule.pattern === undefined ? 'event' : 'stages';
  return {
    body,
    select: [...selected].flatMap(([name, checked]) => (checked === undefined ? [] : { name, value: checked.tree })),
    fields: fieldsOf(body, scope, selected),
    message: rule.message.flatMap((part) => say(part) ?? []),
    ...(rule.suppress === undefined
      ? {}
      : { suppress: { for: rule.suppress.for, by: rule.suppress.by.flatMap((part) => read(part) ?? []) } }),
  };
}

function typesByName(
  checked: CheckedExpression | undefined,
  { text }: ExpressionText,
  scope: ExpressionScope,
): CheckedExpression | undefined {
  if (checked?.type.kind !== 'type') return checked;
  const named = checkExpression(`string(${text})`, scope);
  return named.ok ? named : checked;
}

function holdsTypes(type: ValueType): boolean {
  switch (type.kind) {
    case 'type':
      return true;
    case 'list':
      return holdsTypes(type.element);
    case 'map':
      return holdsTypes(type.key) || holdsTypes(type.value);
    default:
      return false;
  }
}

/** The scope of messages: a select field stands before a field of the event and a stage of the same name. */
function withFields(scope: ExpressionScope, selected: Selected): ExpressionScope {
  if (selected.size === 0) return scope;
  const own = selectType(selected);
  const event: RecordType = {
    ...own,
    fields: { ...scope.event?.fields, ...own.fields },
    open: scope.event?.open ?? false,
  };
  const stages = new Map([...(scope.stages ?? [])].filter(([name]) => !selected.has(name)));
  return { ...scope, event, metadata: scope.event !== undefined, ...(scope.stages === undefined ? {} : { stages }) };
}

function fieldsOf(body: RuleDescriptor['body'], scope: ExpressionScope, selected: Selected): RecordType {
  switch (body) {
    case 'select':
      return selectType(selected);
    case 'event':
      return scope.event ?? { kind: 'record', fields: {}, open: false };
    case 'stages': {
      const lists = [...(scope.stages ?? [])].map(([name, { event }]): [string, FieldType] => [
        name,
        { type: { kind: 'list', element: event }, optional: true },
      ]);
      return { kind: 'record', fields: Object.fromEntries(lists), open: false };
    }
  }
}

/** A value that is absent is left out of the alert, so every field may be absent. */
function selectType(selected: Selected): RecordType {
  const fields = [...selected].map(([name, checked]): [string, FieldType] => [
    name,
    { type: checked?.type ?? { kind: 'dyn' }, optional: true, ...(checked?.personal === true ? { pii: true } : {}) },
  ]);
  return { kind: 'record', fields: Object.fromEntries(fields), open: false };
}
