/** What a rule's expressions give for one event, part by part. Stages have no events then, and say so as absent. */
import { checkExpression, type EvaluationRecord, type ExpressionScope } from '../../expression/index.js';
import type { RuleScopes } from '../../plan/index.js';
import { walkSteps } from '../../plan/stages.js';
import type { ExpressionText, Rule } from '../../spec/application.js';
import { explainValues, type Surroundings } from './explain-values.js';
import { indent, table } from './words.js';

interface Place {
  readonly title: string;
  readonly expressions: readonly ExpressionText[];
  readonly scope: ExpressionScope;
  /** False where the event is of an input that does not count here. */
  readonly applies: boolean;
}

export function explainEvent(rule: Rule, scopes: RuleScopes, record: EvaluationRecord, around: Surroundings): string {
  const paragraphs = placesOf(rule, scopes, record.source).map(({ title, expressions, scope, applies }) => {
    if (!applies) return `${title}\n${indent(`not asked: the event is of ${record.source}`)}`;
    if (expressions.length === 0) return `${title}\n${indent('every event fits')}`;
    const values = expressions.flatMap(({ text }) => {
      const checked = checkExpression(text, scope);
      return checked.ok ? explainValues(checked.tree, record, around) : [];
    });
    return `${title}\n${indent(table(values))}`;
  });
  return paragraphs.join('\n\n');
}

function placesOf(rule: Rule, scopes: RuleScopes, source: string): Place[] {
  const places: Place[] = [];
  if (rule.where.length > 0) {
    places.push({ title: `where of ${rule.name}`, expressions: rule.where, scope: scopes.condition(), applies: true });
  }
  if (rule.pattern === undefined) {
    const expressions = rule.select.map(({ value }) => value);
    if (expressions.length > 0) places.push({ title: 'select', expressions, scope: scopes.alert, applies: true });
    return places;
  }
  for (const { step } of walkSteps(rule.pattern.steps)) {
    if (step.steps !== undefined) continue;
    const scope = scopes.condition(step.from);
    const applies = step.from?.includes(source) ?? true;
    places.push({ title: `${step.relation}: ${step.name}`, expressions: step.where, scope, applies });
    if (step.until.length > 0) places.push({ title: `until of ${step.name}`, expressions: step.until, scope, applies });
  }
  return places;
}
