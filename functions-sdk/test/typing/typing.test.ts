/** What the compiler has to accept and to refuse: the cases say themselves on which line what is wrong. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CASES = fileURLToPath(new URL('../../../test/typing/cases/', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** `TSnnnn` of each line that ends with `// error TSnnnn`. */
function expectedErrors(file: string): string[] {
  return readFileSync(join(CASES, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const code = /\/\/ error (TS\d+)$/.exec(line)?.[1];
      return code === undefined ? [] : [`${file}(${index + 1}) ${code}`];
    });
}

describe('the types that an author sees', function () {
  this.timeout(120_000);

  it('accept what is right, and refuse each wrong line of the cases with its error', () => {
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', CASES, '--pretty', 'false'], { encoding: 'utf8' });
    const found = [...stdout.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+)/gm)].map(
      ([, file, line, code]) => `${file!.split('/').at(-1)}(${line}) ${code}`,
    );
    assert.deepEqual(found.sort(), [...expectedErrors('right.ts'), ...expectedErrors('wrong.ts')].sort());
    assert.ok(found.length > 15, 'the cases were not compiled');
  });
});
