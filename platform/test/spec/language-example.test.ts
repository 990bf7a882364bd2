/** The example of the language's design page, which shows later versions' parts too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRegistry } from '../../src/cli/registry.js';
import { loadApplication } from '../../src/spec/load.js';
import { readDocuments } from '../../src/spec/text/yaml-documents.js';
import { memoryHost } from './support.js';

const text = readFileSync(new URL('../../../test/spec/language-example.yaml', import.meta.url), 'utf8');

describe("The language page's example", () => {
  it('is YAML without an error or a warning', () => {
    const { documents, more, stopped } = readDocuments(text, 1);
    assert.deepEqual([documents[0]?.errors, documents[0]?.warnings, more, stopped], [[], [], undefined, undefined]);
  });

  it('is accepted but for what later versions bring, each said once', () => {
    const { diagnostics, application } = loadApplication(
      { texts: [{ file: 'a.yaml', text }], baseDir: '/app' },
      { host: memoryHost(), registry: createRegistry() },
    );
    const errors = diagnostics.filter((one) => one.severity === 'error');
    assert.deepEqual(new Set(errors.map((one) => one.code)), new Set(['TG115']));
    assert.deepEqual(
      errors.map((one) => text.split('\n')[(one.range?.line ?? 0) - 1]?.trim().split(/[:{]/)[0]),
      ['window'],
    );
    assert.deepEqual(
      [...(application?.rules.keys() ?? [])],
      ['card-testing', 'takeover', 'rising-amounts', 'unpaid', 'velocity'],
    );
  });
});
