/** What leaves the checkout: all that is exported, and nothing that only the checkout needs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

describe('the packed package', function () {
  this.timeout(60_000);

  it('has what it exports, without tests', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: PACKAGE, encoding: 'utf8' });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = new Set(files.map(({ path }) => path));
    const { exports } = JSON.parse(readFileSync(`${PACKAGE}package.json`, 'utf8')) as {
      exports: Record<string, { types: string; default: string }>;
    };
    for (const one of ['README.md', ...Object.values(exports).flatMap(({ types, default: code }) => [types, code])])
      assert.ok(paths.has(one.replace(/^\.\//, '')), one);
    assert.deepEqual(
      [...paths].filter((path) => !/^(README\.md|package\.json|dist\/src\/.*\.(js|d\.ts))$/.test(path)),
      [],
    );
  });
});
