/** `tidegate explain`: rules in plain words, and the values of their expressions for an event. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearestName } from '../../common/nearest-name.js';
import { UNTYPED } from '../../expression/type.js';
import type { Rule } from '../../spec/application.js';
import { parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication, type SoundApplication } from '../check-application.js';
import { inputOf, sourceNode, surroundings } from '../explain/event-world.js';
import { explainEvent } from '../explain/explain-event.js';
import { explainExpression } from '../explain/explain-expression.js';
import { explainRule } from '../explain/explain-rule.js';
import { sampleEvent } from '../explain/sample-event.js';
import { bullet } from '../explain/words.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate explain [PATH] [RULE]
       tidegate explain [PATH] RULE --event JSON [--source INPUT] [--expression EXPRESSION]
       tidegate explain --expression EXPRESSION --event JSON

Says in plain words what a rule does (without RULE: every rule), and what may surprise.
With --event: what each of its conditions gives for this event, part by part.
With --expression: the values of this expression and of its parts for the event.
  tidegate explain card-testing --event '{"cardId": "c1", "amount": 3, "status": "approved"}'
`;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, {
    event: { type: 'string' },
    expression: { type: 'string' },
    source: { type: 'string' },
  });
  const { event, expression, source } = values;
  if (expression !== undefined && event === undefined) throw new UsageError('--expression needs an --event to look at');
  if (expression !== undefined && event !== undefined && positionals.length === 0) {
    const sample = sampleEvent(event, 'event', undefined);
    return explainExpression(expression, { event: UNTYPED }, sample, { layout: {}, key: undefined }, io);
  }
  const { path, ruleName } = targetOf(positionals, io);
  const sound = soundApplication(path, io);
  if (sound === undefined) return EXIT.failed;
  const { application } = sound;
  const rules = ruleName === undefined ? [...application.rules.values()] : [ruleOf(sound, ruleName)];
  if (event === undefined) {
    io.out(`${rules.map((rule) => `${explainRule(rule, application)}${worthKnowing(rule, sound)}`).join('\n\n\n')}\n`);
    return EXIT.fine;
  }
  const [rule] = rules;
  if (rule === undefined || ruleName === undefined) throw new UsageError('--event needs a RULE that looks at it');
  return explainFor(rule, sound, { event, source, expression }, io);
}

/** One word is a rule of the current application, or a path. */
function targetOf(words: readonly string[], io: Io): { readonly path: string; readonly ruleName: string | undefined } {
  const [first, second] = words;
  if (words.length > 2) throw new UsageError(`too many arguments: ${words.slice(2).join(' ')}`);
  if (first === undefined) return { path: pathOrDefault(undefined, io), ruleName: undefined };
  if (second !== undefined) return { path: first, ruleName: second };
  return existsSync(resolve(io.cwd, first))
    ? { path: first, ruleName: undefined }
    : { path: pathOrDefault(undefined, io), ruleName: first };
}

function ruleOf({ application }: SoundApplication, name: string): Rule {
  const rule = application.rules.get(name);
  if (rule !== undefined) return rule;
  const names = [...application.rules.keys()];
  const suggestion = nearestName(name, names);
  const meant = suggestion === undefined ? `the rules are ${names.join(', ')}` : `did you mean "${suggestion}"?`;
  throw new UsageError(`there is no rule "${name}"; ${meant}`);
}

/** The warnings of the planner at this rule. */
function worthKnowing({ name }: Rule, { diagnostics, positions }: SoundApplication): string {
  const key = positions.locate(['rules', name], 'key');
  const value = positions.locate(['rules', name]);
  const own = diagnostics.filter(
    ({ range }) => range?.file === key.file && range.line >= key.line && range.line <= value.endLine,
  );
  if (own.length === 0) return '';
  const lines = own.map(({ message, help }) => bullet(help === undefined ? message : `${message}\n${help}`));
  return `\n\nWorth knowing\n${lines.join('\n')}`;
}

interface Question {
  readonly event: string;
  readonly source: string | undefined;
  readonly expression: string | undefined;
}

function explainFor(rule: Rule, { graph, scopes }: SoundApplication, question: Question, io: Io): number {
  const input = inputOf(rule, question.source);
  const event = sampleEvent(question.event, input, sourceNode(graph, input));
  const ruleScopes = scopes.get(rule.name);
  if (ruleScopes === undefined) throw new Error(`the rule ${rule.name} was not planned`);
  const around = surroundings(graph, rule, event.record);
  if (question.expression !== undefined) {
    return explainExpression(question.expression, ruleScopes.condition([input]), event, around, io);
  }
  io.out(`${explainEvent(rule, ruleScopes, event.record, around)}\n`);
  for (const note of event.notes) io.err(`note: ${note}\n`);
  return EXIT.fine;
}

export const explain: Command = { usage, run };
