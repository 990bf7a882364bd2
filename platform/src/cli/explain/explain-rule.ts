/** A rule in plain words: what it reads, what must happen in which order, and what it then does. */
import type { Application, Rule } from '../../spec/application.js';
import { renderDuration } from '../../common/duration-text.js';
import { explainPattern } from './explain-pattern.js';
import { bullet, conditions, destinations, indent, join } from './words.js';

/** Lines, without a final line break. */
export function explainRule(rule: Rule, application: Application): string {
  const paragraphs = [
    [title(rule), ...(rule.description === undefined ? [] : [rule.description])],
    explainInputs(rule),
    rule.pattern === undefined ? ['Every such event gives an alert.'] : explainPattern(rule.pattern),
    explainAlert(rule),
    explainWay(rule, application),
  ];
  return paragraphs.map((lines) => lines.join('\n')).join('\n\n');
}

function title({ name, severity, tags, mode }: Rule): string {
  const words = [
    `severity ${severity}`,
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
    ...(mode === 'disabled' ? ['disabled'] : []),
  ];
  return `${name} (${words.join('; ')})`;
}

function explainInputs({ inputs, where, pattern }: Rule): string[] {
  const streams = inputs.map(({ kind, name }) => (kind === 'rule' ? `the alerts of ${name}` : name));
  const keys = inputs.map(({ key }) => key.map(({ text }) => text.trim()).join(', '));
  const same = new Set(keys).size === 1;
  const lines = [`It reads ${join(streams)}.`];
  if (pattern !== undefined) {
    if (keys.every((key) => key === '')) lines.push('There is no key: all events are one sequence.');
    else if (same) lines.push(`The events of each ${keys[0]} are a sequence of their own.`);
    else {
      const named = inputs.map(({ name }, index) => `${keys[index] ?? ''} of ${name}`);
      lines.push(`Events meet in one sequence where ${join(named)} are equal.`);
    }
  }
  if (where.length > 0) lines.push('Only events count for which', ...conditions(where));
  return lines;
}

function explainAlert({ select, message, pattern, suppress, onError }: Rule): string[] {
  const lines: string[] = [];
  if (select.length > 0)
    lines.push('An alert holds', ...select.map(({ name, value }) => bullet(`${name}: ${value.text.trim()}`)));
  else
    lines.push(
      pattern === undefined ? 'An alert holds the event.' : 'An alert holds the matched events, step by step.',
    );
  if (message.length > 0) {
    const text = message.map((part) => (typeof part === 'string' ? part : `{{ ${part.text.trim()} }}`)).join('');
    lines.push('and says', indent(text));
  }
  if (suppress !== undefined) {
    const by = suppress.by.map(({ text }) => text.trim());
    const whose = by.length === 0 ? 'the same key' : `the same ${join(by)}`;
    lines.push(
      `After an alert, further ones of ${whose} are dropped for ${renderDuration(suppress.for)} of event time.`,
    );
  }
  if (onError !== 'skip') {
    lines.push(
      onError === 'fail'
        ? 'An error in an expression fails the job.'
        : 'What an expression fails on becomes a dead letter.',
    );
  }
  return lines;
}

function explainWay({ name, to, toFunctions, decision }: Rule, application: Application): string[] {
  const readers = [...application.rules.values()].filter(({ inputs }) =>
    inputs.some((input) => input.kind === 'rule' && input.name === name),
  );
  const lines: string[] = [];
  if (to.length + toFunctions.length > 0) lines.push(`Alerts go to ${destinations({ to, toFunctions })}.`);
  if (decision !== undefined) lines.push(`An alert answers who has sent the last event of ${decision.ingress}.`);
  if (readers.length > 0) {
    const names = join(readers.map((rule) => rule.name));
    lines.push(readers.length === 1 ? `The rule ${names} reads its alerts.` : `The rules ${names} read its alerts.`);
  }
  return lines.length > 0 ? lines : ['Its alerts go nowhere.'];
}
