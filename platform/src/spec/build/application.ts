/** The sections of a draft to the Application, in an order in which each knows the names that it needs. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Application, Rule, Settings } from '../application.js';
import type { ApplicationConfig } from '../declaration/application.js';
import { settings as settingsDeclaration } from '../declaration/settings.js';
import { fillDefaults } from '../read/defaults.js';
import type { BuildContext } from './context.js';
import { buildEgress } from './egress.js';
import { buildIngress } from './ingress.js';
import { buildRule } from './rule.js';
import { buildTable } from './table.js';
import { buildTestCase } from './test-case.js';

export type ApplicationDraft = ValueOf<ApplicationConfig, 'draft'>;

/** What could not be built is left out; it was reported. */
export function buildApplication(draft: ApplicationDraft, context: BuildContext): Application {
  const name = draft.name ?? 'unnamed';
  const ingresses = section(draft.ingresses, (key, value) => buildIngress(key, value, context));
  const rules = section(draft.rules, (key, value) => buildRule(key, value, (input) => ingresses.has(input), context));
  return {
    name,
    baseDir: context.baseDir,
    settings: buildSettings(name, draft.settings, context),
    ingresses,
    tables: section(draft.tables, (key, value) => buildTable(key, value, context)),
    rules: withoutDangling(rules, ingresses),
    egresses: section(draft.egresses, (key, value) => buildEgress(key, value, context)),
    tests: section(draft.tests, (key, value) => buildTestCase(key, value, context)),
  };
}

function section<D, T>(
  drafts: Readonly<Record<string, D>> | undefined,
  build: (name: string, draft: D) => T | undefined,
): Map<string, T> {
  const built = new Map<string, T>();
  for (const [name, draft] of Object.entries(drafts ?? {})) {
    const value = build(name, draft);
    if (value !== undefined) built.set(name, value);
  }
  return built;
}

function buildSettings(
  name: string,
  draft: ApplicationDraft['settings'],
  { host, baseDir, diagnostics, positions }: BuildContext,
): Settings {
  const values: Record<string, unknown> = { ...draft };
  fillDefaults(settingsDeclaration.fields, values);
  const { parallelism, maxParallelism, stateDir, maxRecordSize } = values as ValueOf<typeof settingsDeclaration>;
  if (parallelism > maxParallelism) {
    diagnostics.error(
      'TG113',
      `settings.parallelism is ${parallelism}, more than maxParallelism, which is ${maxParallelism}`,
      {
        range: positions.locate(['settings', 'parallelism']),
        help: 'A subtask without a key group has nothing to do: raise maxParallelism, or lower parallelism.',
      },
    );
  }
  return {
    parallelism,
    maxParallelism,
    stateDir: host.resolve(baseDir, stateDir ?? `.tidegate/${name}`),
    maxRecordSize,
  };
}

/** A rule that reads a rule that was left out is left out too. */
function withoutDangling(rules: ReadonlyMap<string, Rule>, ingresses: ReadonlyMap<string, unknown>): Map<string, Rule> {
  const kept = new Map(rules);
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const rule of kept.values()) {
      if (rule.inputs.some((input) => !kept.has(input.name) && !ingresses.has(input.name))) kept.delete(rule.name);
    }
  }
  return kept;
}
