/** The order in which rules are planned: each after the rules whose alerts it reads. Circles are refused by name. */
import type { Rule } from '../spec/application.js';
import type { Findings } from './findings.js';

/** Every rule once. Rules of a circle come last, in the order of the file. */
export function orderRules(rules: ReadonlyMap<string, Rule>, findings: Findings): Rule[] {
  const ordered: Rule[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (rule: Rule, way: readonly Rule[]): void => {
    if (state.get(rule.name) === 'done') return;
    if (state.get(rule.name) === 'open') {
      reportCircle(way.slice(way.indexOf(rule)), findings);
      return;
    }
    state.set(rule.name, 'open');
    for (const name of producersOf(rule)) {
      const producer = rules.get(name);
      if (producer !== undefined) visit(producer, [...way, rule]);
    }
    state.set(rule.name, 'done');
    ordered.push(rule);
  };
  for (const rule of rules.values()) visit(rule, []);
  return ordered;
}

/** Names of the rules whose alerts a rule reads. */
export function producersOf(rule: Rule): string[] {
  return rule.inputs.filter((input) => input.kind === 'rule').map((input) => input.name);
}

function reportCircle(circle: readonly Rule[], findings: Findings): void {
  const [first] = circle as readonly [Rule, ...Rule[]];
  const [next] = [...circle.slice(1), first];
  const path = first.inputs.find((input) => input.name === next?.name)?.path ?? ['rules', first.name];
  const names = [...circle, first].map((rule) => `"${rule.name}"`);
  findings.error(
    'TG300',
    circle.length === 1
      ? `rule ${names[0]} reads its own alerts`
      : `rules read each other's alerts in a circle: ${names.join(' → ')}`,
    path,
    { help: 'let one of them read an ingress instead' },
  );
}
