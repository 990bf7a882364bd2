/** What is defined and nobody uses. Asked only of applications without errors, in which every use is known. */
import type { Application, Rule } from '../spec/application.js';
import type { Findings } from './findings.js';

export function warnOfUnused(application: Application, usedTables: ReadonlySet<string>, findings: Findings): void {
  const { ingresses, tables, functions, egresses } = application;
  const rules = [...application.rules.values()];
  const routes = [...application.routes.values()];
  const hasFunctions = routes.length > 0 || application.requests !== undefined || rules.some(leadsToFunctions);
  const read = new Set([...rules, ...routes].flatMap(({ inputs }) => inputs.map((input) => input.name)));
  const written = new Set([
    ...rules.flatMap((rule) => [...rule.to, ...(rule.pattern?.onTimeout?.to ?? [])]),
    ...[...ingresses.values()].flatMap(({ late, onBadRecord }) => [
      ...(late === undefined ? [] : [late]),
      ...(onBadRecord.kind === 'dead-letter' ? [onBadRecord.to] : []),
    ]),
    ...(hasFunctions ? writtenByFunctions(application) : []),
  ]);
  const reached = new Set(hasFunctions ? functions.keys() : []);
  const sections = [
    ['ingresses', 'ingress', 'no rule and no route reads it', ingresses, read],
    ['tables', 'table', 'no expression reads it', tables, usedTables],
    ['functions', 'function', 'no route and no rule leads to any function', functions, reached],
    ['egresses', 'egress', 'nothing is written to it', egresses, written],
  ] as const;
  for (const [section, noun, why, defined, used] of sections) {
    for (const name of defined.keys()) {
      if (used.has(name)) continue;
      findings.warning('TG122', `the ${noun} "${name}" is not used: ${why}`, [section, name], { part: 'key' });
    }
  }
}

function leadsToFunctions({ toFunctions, pattern }: Rule): boolean {
  return toFunctions.length > 0 || (pattern?.onTimeout?.toFunctions.length ?? 0) > 0;
}

/** Functions send to each other and to egresses by names that only they know, so each of them counts as used. */
function writtenByFunctions({ functions, egresses }: Application): string[] {
  const emitted = [...egresses.values()].flatMap(({ name, typename }) => (typename === undefined ? [] : [name]));
  return [...emitted, ...[...functions.values()].flatMap(({ onFailure: { to } }) => to ?? [])];
}
