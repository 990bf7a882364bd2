import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { generatedFiles } from '../../src/cli/generated-files.js';

const root = new URL('../../../../', import.meta.url);

describe('The generated files', () => {
  for (const [path, content] of generatedFiles()) {
    it(`${path} is what \`npm run schema\` writes now`, () => {
      assert.ok(readFileSync(new URL(path, root), 'utf8') === content, `${path} is stale: run npm run schema`);
    });
  }
});
