import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageFolder } from '../../src/cli/package-folder.js';

describe('the bundle of the command', () => {
  for (const name of ['main', 'slot-thread', 'slot-watch-thread'])
    it(`has code of ${name} that V8 takes in a process of its own`, () => {
      const compiled = JSON.stringify(join(packageFolder(), 'bin', 'compiled-script.cjs'));
      const script = JSON.stringify(join(packageFolder(), 'dist', 'bundle', `${name}.cjs`));
      const ask = `console.log(require(${compiled}).load(${script}).script.cachedDataRejected)`;
      const answer = execFileSync(process.execPath, ['--eval', ask], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      });
      assert.equal(answer.trim(), 'false');
    });
});
