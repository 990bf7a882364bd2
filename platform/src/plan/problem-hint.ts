/** What to do about a problem of an expression, where that depends on its place in the file. */
import type { ExpressionScope, Problem } from '../expression/index.js';
import type { ExpressionText } from '../spec/application.js';

/** `ofPlace`: what to do about an unknown name at this place. */
export function explainProblem(
  problem: Problem,
  expression: ExpressionText,
  scope: ExpressionScope,
  ofPlace: string | undefined,
): Problem {
  if (problem.code !== 'TG202') return problem;
  const name = expression.text.slice(problem.start, problem.end);
  const hints = [problem.hint, ofPlace, fieldOfStage(name, scope), quotedWord(name, expression)].filter(
    (hint) => hint !== undefined,
  );
  if (hints.length === 0 && problem.suggestion === undefined) hints.push(`For text write "${name}".`);
  return hints.length === 0 ? problem : { ...problem, hint: hints.join('\n') };
}

/** Without a current event, a field is reached through the step that took its event. */
function fieldOfStage(name: string, scope: ExpressionScope): string | undefined {
  const stages = [...(scope.stages ?? [])];
  const having = name === 'event' ? stages[0] : stages.find(([, { event }]) => Object.hasOwn(event.fields, name));
  if (having === undefined) return undefined;
  const [stage, { holds }] = having;
  const event = holds === 'one' ? stage : `first(${stage})`;
  return `A match has several events: say which one, e.g. ${name === 'event' ? event : `${event}.${name}`}`;
}

/** YAML takes quotes away, so a quoted word arrives as a name: say how text is written. */
function quotedWord(name: string, expression: ExpressionText): string | undefined {
  const isQuotedWord = expression.quoted && name === expression.text.trim();
  return isQuotedWord ? `YAML takes the quotes away; for text write '"${name}"'` : undefined;
}
