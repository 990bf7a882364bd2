/** Rules: their inputs with the key of each, and everything else as written. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Rule, RuleInput } from '../application.js';
import type { rule } from '../declaration/rule.js';
import type { Path } from '../positions.js';
import type { BuildContext } from './context.js';
import { buildRuleDecision } from './decision.js';
import { splitDestinations } from './destinations.js';
import { buildPattern } from './pattern.js';

export type RuleDraft = ValueOf<typeof rule, 'draft'>;

/** Undefined when it reads nothing that exists, or its pattern cannot be read; both were reported. */
export function buildRule(
  name: string,
  draft: RuleDraft,
  isIngress: (name: string) => boolean,
  context: BuildContext,
): Rule | undefined {
  const path = ['rules', name];
  const inputs = buildInputs(draft, [...path, 'from'], isIngress, context);
  if (inputs.length === 0) return undefined;
  const pattern = draft.pattern === undefined ? undefined : buildPattern(draft.pattern, [...path, 'pattern'], context);
  if (draft.pattern !== undefined && pattern === undefined) return undefined;
  const { description, renamedFrom, suppress } = draft;
  const decision = buildRuleDecision(draft.decision, [...path, 'decision']);
  return {
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(description === undefined ? {} : { description }),
    severity: draft.severity,
    tags: draft.tags ?? [],
    mode: draft.mode,
    inputs,
    where: draft.where ?? [],
    ...(pattern === undefined ? {} : { pattern }),
    select: Object.entries(draft.select ?? {}).flatMap(([field, value]) =>
      value === undefined ? [] : [{ name: field, value }],
    ),
    message: draft.message ?? [],
    ...(suppress?.for === undefined ? {} : { suppress: { for: suppress.for, by: suppress.by ?? [] } }),
    onError: draft.onError,
    ...splitDestinations(draft.to ?? [], [...path, 'to']),
    ...(decision === undefined ? {} : { decision }),
  };
}

function buildInputs(
  draft: RuleDraft,
  path: Path,
  isIngress: (name: string) => boolean,
  context: BuildContext,
): readonly RuleInput[] {
  const shared = draft.key ?? [];
  const input = (name: string, key: RuleInput['key'], at: Path): RuleInput => ({
    kind: isIngress(name) ? 'ingress' : 'rule',
    name,
    key,
    path: at,
  });
  const { from } = draft;
  if (from === undefined) return [];
  if (typeof from === 'string') return [input(from, shared, path)];
  if (isList(from)) return from.map((name, index) => input(name, shared, [...path, index]));
  return Object.entries(from).map(([name, { key }]) => {
    if (key !== undefined && draft.key !== undefined) {
      context.diagnostics.error('TG114', `${path.slice(0, 2).join('.')} has a key of its own and one for ${name}`, {
        range: context.positions.locate([...path.slice(0, 2), 'key'], 'key'),
        help: 'Write the key of each input, or one for all.',
      });
    }
    return input(name, key ?? shared, [...path, name]);
  });
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(from: NonNullable<RuleDraft['from']>): from is readonly string[] {
  return Array.isArray(from);
}
