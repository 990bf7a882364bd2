import assert from 'node:assert/strict';
import { delimiter, join, resolve } from 'node:path';
import { modulePolicy } from '../../../../src/cli/functions/embedded/module-policy.js';

const [srv, shop] = [resolve('/srv/functions'), resolve('/opt/shop')];

describe('where modules of functions may lie', () => {
  it('is anywhere, as long as the operator of the process says nothing', () => {
    assert.equal(modulePolicy({})(join(srv, 'a.ts')), undefined);
  });

  const list = [srv, `${shop}/`, ''].join(delimiter);
  const cases: readonly [list: string, file: string, allowed: boolean][] = [
    [list, join(srv, 'a.ts'), true],
    [list, join(srv, 'deep', 'er', 'a.ts'), true],
    [list, join(shop, 'a.ts'), true],
    [list, srv, false],
    [list, `${srv}-of-others/a.ts`, false],
    [list, join(srv, '..', 'a.ts'), false],
    ['', join(srv, 'a.ts'), false],
  ];
  for (const [folders, file, allowed] of cases) {
    it(`${allowed ? 'takes' : 'refuses'} ${file} where the list is ${JSON.stringify(folders)}`, () => {
      const refusal = modulePolicy({ TIDEGATE_FUNCTION_MODULES: folders })(file);
      if (allowed) assert.equal(refusal, undefined);
      else assert.match(refusal!, folders === '' ? /allows none$/ : /allows those in .*functions, .*shop$/);
    });
  }
});
