/** What the compiler has to accept and to refuse: the cases say themselves on which line what is wrong. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const CASES = join(PACKAGE, 'test', 'typing', 'cases');
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

/** Compiles a folder that has a `tsconfig.json`; `file(line) code` of each error. */
function compile(folder: string): string[] {
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^(?:(\S+?)\((\d+),\d+\): )?error (TS\d+)/gm)].map(
    ([, file = '', line = '', code]) => `${file.split('/').at(-1)}(${line}) ${code}`,
  );
}

describe('the types that an author sees', function () {
  this.timeout(120_000);

  it('accept what is right, and refuse each wrong line of the cases with its error', () => {
    const found = compile(CASES);
    assert.deepEqual(found.sort(), [...expectedErrors('right.ts'), ...expectedErrors('wrong.ts')].sort());
    assert.ok(found.length > 15, 'the cases were not compiled');
  });

  it('fit every example of the README', () => {
    const folder = fileURLToPath(new URL('../../readme/', import.meta.url));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const blocks = [...readFileSync(join(PACKAGE, 'README.md'), 'utf8').matchAll(/^ *```ts\n(.*?)^ *```$/gms)];
    blocks.forEach(([, code], i) => writeFileSync(join(folder, `example-${i + 1}.ts`), code!));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../../tsconfig.json',
        compilerOptions: { composite: false, noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
        include: ['*.ts'],
        references: [],
      }),
    );
    assert.ok(blocks.length >= 9, 'the examples were not found');
    assert.deepEqual(compile(folder), []);
  });
});
