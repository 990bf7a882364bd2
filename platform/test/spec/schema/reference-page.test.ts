import assert from 'node:assert/strict';
import type { Declaration } from '@tidegate/connectors/api';
import { createRegistry } from '../../../src/cli/registry.js';
import { applicationDeclaration } from '../../../src/spec/declaration/application.js';
import { referencePage } from '../../../src/spec/schema/reference-page.js';

/** The description of each key that may be written, however deep. */
function* keysWithin(declaration: Declaration, met = new Set<Declaration>()): Generator<readonly [string, string]> {
  if (met.has(declaration)) return;
  met.add(declaration);
  switch (declaration.type) {
    case 'list':
    case 'map':
      yield* keysWithin(declaration.of, met);
      break;
    case 'choice':
      for (const one of [declaration.scalar, declaration.list, declaration.map])
        if (one !== undefined) yield* keysWithin(one, met);
      break;
    case 'object':
      for (const [name, child] of Object.entries({ ...declaration.variants, ...declaration.fields })) {
        yield [name, child.description];
        yield* keysWithin(child, met);
      }
      break;
    default:
  }
}

describe('the reference of the application file', () => {
  const registry = createRegistry();
  const page = referencePage(registry);
  const lines = page.split('\n');

  it('says of each key what it is for, however deep it lies and of which connector', () => {
    // In a table, or below a heading, as formats have one.
    const said = (name: string, description: string): boolean =>
      lines.some(
        (line, at) =>
          (line.startsWith(`| \`${name}\` |`) && line.includes(description.replaceAll('|', '\\|'))) ||
          (line === `### \`${name}\`` && lines[at + 2] === description),
      );
    const keys = [...keysWithin(applicationDeclaration(registry))];
    assert.ok(keys.length > 200, `${keys.length} keys`);
    assert.deepEqual(
      keys.filter(([name, description]) => !said(name, description)),
      [],
    );
  });

  it('says what connectors take within their options', () => {
    assert.match(page, /#### `avro\.registry`/);
    assert.match(page, /### `functions\.NAMESPACE\/NAME\.http`/);
    assert.doesNotMatch(page, /\[object Object\]/);
  });
});
