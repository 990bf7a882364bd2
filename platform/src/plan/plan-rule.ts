/** A rule as a descriptor, with the inputs it reads. */
import { fingerprint } from '../expression/index.js';
import type { OperatorInput, PatternRule, RuleDescriptor } from '../job/stream-graph.js';
import type { Rule } from '../spec/application.js';
import { planAlert } from './alert.js';
import { conditionOf } from './condition.js';
import type { ExpressionChecker } from './expression-checker.js';
import type { Findings } from './findings.js';
import { fingerprintOf } from './fingerprint.js';
import { planPattern, type PlannedPattern } from './plan-pattern.js';
import { ruleScopes, type RuleScopes } from './rule-scopes.js';
import { eventScope, type Streams } from './streams.js';

export interface PlannedRule {
  readonly rule: Rule;
  readonly inputs: readonly OperatorInput[];
  readonly descriptor: RuleDescriptor | PatternRule;
  readonly scopes: RuleScopes;
}

export function planRule(rule: Rule, streams: Streams, checker: ExpressionChecker, findings: Findings): PlannedRule {
  const read = streams.of(rule);
  const ofEvent = eventScope(read);
  const inputs = rule.inputs.map(({ name }) => name);
  const where = rule.where.flatMap((expression) => checker.condition(expression, ofEvent, inputs) ?? []);
  const pattern = rule.pattern === undefined ? undefined : planPattern(rule.pattern, read, checker, findings);
  const ofAlert = pattern?.scope ?? ofEvent;
  const alert = planAlert(rule, ofAlert, read.personalKey, checker, findings);
  const condition = where.length === 0 ? undefined : conditionOf(where);
  const descriptor: RuleDescriptor = {
    name: rule.name,
    ...(rule.renamedFrom === undefined ? {} : { renamedFrom: rule.renamedFrom }),
    ...(rule.description === undefined ? {} : { description: rule.description }),
    severity: rule.severity,
    tags: rule.tags,
    ...(condition === undefined ? {} : { where: condition }),
    ...alert,
    ...(read.personalKey ? { personalKey: true } : {}),
    onError: rule.onError,
    fingerprint: fingerprintOf(
      read.inputs.map((input) => [input.from, input.key.map(fingerprint)]),
      condition?.id ?? null,
      pattern === undefined ? null : meaningOf(pattern),
      alert.body,
      alert.select.map(({ name, value }) => [name, fingerprint(value)]),
      alert.suppress === undefined ? null : [alert.suppress.for, alert.suppress.by.map(fingerprint)],
    ),
  };
  streams.addAlerts(rule.name, alert.fields);
  warnOfMissingKey(rule, findings);
  return {
    rule,
    inputs: read.inputs,
    descriptor: { ...descriptor, ...pattern?.content },
    scopes: ruleScopes(read, pattern?.scope.stages, ofAlert),
  };
}

function meaningOf({ content: { pattern, onTimeout } }: PlannedPattern): unknown {
  return [
    pattern.stages.map(({ name, fingerprint }) => [name, fingerprint]),
    pattern.within ?? null,
    pattern.skip,
    onTimeout ?? null,
  ];
}

/** A filter needs no key, as it looks at each event by itself; what it holds back after an alert does. */
function warnOfMissingKey({ name, pattern, suppress, inputs }: Rule, findings: Findings): void {
  if (inputs.some((input) => input.key.length > 0)) return;
  const path = ['rules', name];
  if (pattern !== undefined) {
    findings.warning(
      'TG340',
      `the rule "${name}" has no key: all its events are one partition, which one task runs`,
      path,
      {
        part: 'key',
        help: 'add key: with what the events of one match have in common, e.g. "key: cardId"',
      },
    );
  } else if (suppress !== undefined && suppress.by.length === 0) {
    findings.warning(
      'TG340',
      `the rule "${name}" has no key: after an alert, those of all other events are dropped too`,
      [...path, 'suppress'],
      {
        part: 'key',
        help: 'add key: to the rule, or by: to suppress',
      },
    );
  }
}
