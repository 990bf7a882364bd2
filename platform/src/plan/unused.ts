/** What is defined and nobody uses. Asked only of applications without errors, in which every use is known. */
import type { Application } from '../spec/application.js';
import type { Findings } from './findings.js';

export function warnOfUnused(application: Application, usedTables: ReadonlySet<string>, findings: Findings): void {
  const { ingresses, tables, egresses } = application;
  const rules = [...application.rules.values()];
  const read = new Set(rules.flatMap((rule) => rule.inputs.map((input) => input.name)));
  const written = new Set([
    ...rules.flatMap((rule) => [...rule.to, ...(rule.pattern?.onTimeout?.to ?? [])]),
    ...[...ingresses.values()].flatMap(({ late, onBadRecord }) => [
      ...(late === undefined ? [] : [late]),
      ...(onBadRecord.kind === 'dead-letter' ? [onBadRecord.to] : []),
    ]),
  ]);
  const sections = [
    ['ingresses', 'ingress', 'no rule reads it', ingresses, read],
    ['tables', 'table', 'no expression reads it', tables, usedTables],
    ['egresses', 'egress', 'nothing is written to it', egresses, written],
  ] as const;
  for (const [section, noun, why, defined, used] of sections) {
    for (const name of defined.keys()) {
      if (used.has(name)) continue;
      findings.warning('TG122', `the ${noun} "${name}" is not used: ${why}`, [section, name], { part: 'key' });
    }
  }
}
