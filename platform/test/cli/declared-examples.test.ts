/** Every example of a declaration is something that a user can write. */
import assert from 'node:assert/strict';
import type { Fields } from '@tidegate/connectors/api';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { createRegistry } from '../../src/cli/registry.js';
import { loadApplication } from '../../src/spec/load.js';
import { publishedSchema } from '../../src/spec/schema/published-schema.js';

const registry = createRegistry();

/** The example of every field, with the schema of its place. */
function examples(): readonly { readonly name: string; readonly schema: object }[] {
  const found: { name: string; schema: object }[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    if ('examples' in part) found.push({ name: path, schema: part });
    for (const [key, child] of Object.entries(part))
      visit(child, key === 'properties' || key === 'definitions' ? path : `${path}.${key}`);
  };
  visit(publishedSchema(registry), '');
  return found;
}

describe('An example of a declaration', () => {
  const definitions = publishedSchema(registry)['definitions'];
  const ajv = new Ajv({ strict: false, validateSchema: false });
  for (const { name, schema } of examples()) {
    it(`is valid at its place: ${name}`, () => {
      const validate = ajv.compile({ ...schema, definitions });
      for (const example of (schema as { examples: unknown[] }).examples)
        assert.ok(validate(example), JSON.stringify([example, validate.errors]));
    });
  }
});

describe('The example of a connector or format', () => {
  const host = {
    env: {},
    resolve: (...paths: readonly string[]) => paths.join('/'),
    readFile: () => new Uint8Array(),
    listFolder: () => undefined,
  };
  const application = (ingress: object, egress: object) => ({
    name: 'app',
    ingresses: { i: ingress },
    rules: { r: { from: 'i', to: 'e' } },
    egresses: { e: egress },
  });
  const errors = (value: object) =>
    loadApplication({ texts: [{ file: 'a.yaml', text: JSON.stringify(value) }], baseDir: '/app' }, { host, registry })
      .diagnostics.filter((one) => one.severity === 'error')
      .map((one) => one.message);

  interface Registered {
    readonly name: string;
    readonly example: string;
    readonly options: Fields;
  }
  const cases: readonly (readonly [
    kind: string,
    all: Iterable<Registered>,
    whole: (example: object, one: Registered) => object,
  ])[] = [
    ['ingress', registry.sources.values(), (example) => application(example, { stdout: {} })],
    ['egress', registry.sinks.values(), (example) => application({ stdin: {} }, example)],
    [
      'format',
      [...registry.formats.values()].filter((one) => one.createFormat !== undefined),
      (example) => application({ stdin: {}, ...example }, { stdout: {} }),
    ],
  ];
  for (const [kind, all, whole] of cases) {
    for (const one of all) {
      it(`is valid: ${kind} ${one.name}`, () => assert.deepEqual(errors(whole(parse(one.example) as object, one)), []));
    }
  }
});
