/** The page on going on after a crash: what it shows is accepted, and what it calls defaults are the defaults. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createRegistry } from '../../src/cli/registry.js';
import { effectiveConfig } from '../../src/spec/effective-config.js';
import { loadApplication } from '../../src/spec/load.js';
import { memoryHost } from '../spec/support.js';

const page = readFileSync(new URL('../../../docs/recovery.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => parse(text ?? '') as Record<string, object>);
const settingsBlocks = blocks.flatMap((block) => ('settings' in block ? [block['settings'] as object] : []));

const APPLICATION = {
  name: 'app',
  ingresses: { i: { file: 'i.jsonl' } },
  rules: { r: { from: 'i', to: 'e' } },
  egresses: { e: { file: 'e.jsonl' } },
};

function settingsOf(settings: object): Record<string, unknown> {
  const registry = createRegistry();
  const { application, diagnostics } = loadApplication(
    { texts: [{ file: 'app.yaml', text: JSON.stringify({ ...APPLICATION, settings }) }], baseDir: '/app' },
    { host: memoryHost(), registry },
  );
  assert.deepEqual(
    diagnostics.filter((one) => one.severity === 'error').map((one) => one.message),
    [],
  );
  assert.ok(application);
  return (effectiveConfig(application, registry, new Set()) as { settings: Record<string, unknown> }).settings;
}

describe('The page on going on after a crash', () => {
  it('shows settings', () => {
    assert.ok(settingsBlocks.length >= 3);
  });

  for (const settings of settingsBlocks) {
    it(`shows the defaults: ${Object.keys(settings).join(', ')}`, () => {
      assert.deepEqual(settingsOf(settings), settingsOf({}));
    });
  }

  it('names only settings, deliveries and strategies that there are', () => {
    const schema = readFileSync(new URL('../../../../schemas/application.schema.json', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|.*\|$/gm)].map(([, word]) => word ?? '');
    assert.ok(rows.includes('failure-rate') && rows.includes('at-least-once'));
    for (const word of rows) assert.ok(schema.includes(`"${word}"`), word);
  });
});
