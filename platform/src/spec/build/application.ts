/** The sections of a draft to the Application, in an order in which each knows the names that it needs. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Application, Rule } from '../application.js';
import type { ApplicationConfig } from '../declaration/application.js';
import type { BuildContext } from './context.js';
import { buildEgress } from './egress.js';
import { buildIngress } from './ingress.js';
import { checkNeededSections } from './needed-sections.js';
import { checkRenames } from './renames.js';
import { buildFunction } from './function.js';
import { buildRequests } from './requests.js';
import { buildRoute } from './route.js';
import { buildRule } from './rule.js';
import { buildSettings } from './settings.js';
import { buildTable } from './table.js';
import { buildTestCase } from './test-case.js';

export type ApplicationDraft = ValueOf<ApplicationConfig, 'draft'>;

/**
 * What could not be built is left out; it was reported.
 * @param isWritten whether a section stands in the file, right or wrong
 */
export function buildApplication(
  draft: ApplicationDraft,
  isWritten: (section: string) => boolean,
  context: BuildContext,
): Application {
  const name = draft.name ?? 'unnamed';
  const settings = buildSettings(name, draft.settings, context);
  const ingresses = section(draft.ingresses, (key, value) => buildIngress(key, value, settings.checkpoint, context));
  const rules = section(draft.rules, (key, value) => buildRule(key, value, (input) => ingresses.has(input), context));
  const functions = section(draft.functions, (key, value) => buildFunction(key, value, context));
  const requests = buildRequests(draft.requests, functions, context);
  const application = {
    name,
    baseDir: context.baseDir,
    settings,
    ingresses,
    tables: section(draft.tables, (key, value) => buildTable(key, value, context)),
    rules: withoutDangling(rules, ingresses),
    functions,
    routes: section(draft.routes, (key, value) => buildRoute(key, value, (input) => ingresses.has(input))),
    ...(requests === undefined ? {} : { requests }),
    egresses: section(draft.egresses, (key, value) => buildEgress(key, value, settings.checkpoint, context)),
    tests: section(draft.tests, (key, value) => buildTestCase(key, value, context)),
  };
  checkNeededSections(isWritten, context);
  checkRenames(application, context);
  return application;
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
