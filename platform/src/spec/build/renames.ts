/** `renamedFrom`: whether what was saved under the old name has exactly one heir. */
import type { Application, Step } from '../application.js';
import type { Path } from '../positions.js';
import type { BuildContext } from './context.js';

interface Named {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly path: Path;
}

type Sections = Pick<Application, 'ingresses' | 'rules' | 'egresses'>;

export function checkRenames({ ingresses, rules, egresses }: Sections, context: BuildContext): void {
  checkNames(inSection('ingresses', ingresses), 'ingress', context);
  checkNames(inSection('rules', rules), 'rule', context);
  checkNames(inSection('egresses', egresses), 'egress', context);
  for (const { pattern } of rules.values()) {
    if (pattern !== undefined) checkNames(stagesOf(pattern.steps), 'stage', context);
  }
}

function inSection(section: string, things: ReadonlyMap<string, Omit<Named, 'path'>>): readonly Named[] {
  return [...things.values()].map((one) => ({ ...one, path: [section, one.name] }));
}

function stagesOf(steps: readonly Step[]): readonly Named[] {
  return steps.flatMap((step) => [step, ...stagesOf(step.steps ?? [])]);
}

function checkNames(things: readonly Named[], noun: string, { diagnostics, positions }: BuildContext): void {
  const names = new Set(things.map(({ name }) => name));
  const heirs = new Map<string, string>();
  for (const { name, renamedFrom, path } of things) {
    if (renamedFrom === undefined) continue;
    const range = positions.locate([...path, 'renamedFrom']);
    const heir = heirs.get(renamedFrom);
    if (names.has(renamedFrom)) {
      diagnostics.error('TG123', `the ${noun} "${name}" is renamed from "${renamedFrom}", which is still there`, {
        range,
        help: 'Its state stays with the one that has its name. Remove renamedFrom.',
      });
    } else if (heir !== undefined) {
      diagnostics.error('TG123', `the ${noun}s "${heir}" and "${name}" are both renamed from "${renamedFrom}"`, {
        range,
        help: 'State has one heir. Remove one renamedFrom.',
      });
    }
    heirs.set(renamedFrom, name);
  }
}
