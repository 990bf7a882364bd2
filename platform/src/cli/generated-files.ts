/** The files of the repository that are generated from the declarations: by path from its root. */
import { diagnosticsPage } from '../common/diagnostic-codes/page.js';
import { telemetryPage } from '../metrics/telemetry-page.js';
import { expressionsPage } from '../expression/reference-page.js';
import { publishedSchema } from '../spec/schema/published-schema.js';
import { referencePage } from '../spec/schema/reference-page.js';
import { levelValidatorsSource } from './level-validators-source.js';
import { createRegistry } from './registry.js';

export function generatedFiles(): ReadonlyMap<string, string> {
  const registry = createRegistry();
  return new Map([
    ['schemas/application.schema.json', `${JSON.stringify(publishedSchema(registry), null, 2)}\n`],
    ['platform/src/spec/generated/level-validators.ts', levelValidatorsSource(registry)],
    ['platform/docs/reference.md', referencePage(registry)],
    ['platform/docs/diagnostics.md', diagnosticsPage()],
    ['platform/docs/expressions.md', expressionsPage()],
    ['platform/docs/telemetry.md', telemetryPage()],
  ]);
}
