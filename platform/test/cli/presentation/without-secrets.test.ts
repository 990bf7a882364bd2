import assert from 'node:assert/strict';
import { withoutSecrets } from '../../../src/cli/presentation/without-secrets.js';

const CASES: readonly (readonly [what: string, text: string, secrets: readonly string[], shown: string])[] = [
  ['as it is, each time', 'a pass, the pass', ['pass'], 'a ***, the ***'],
  ['as an address writes it', 'http://x/p%20%22ss?q=p%20%22ss', ['p "ss'], 'http://x/***?q=***'],
  ['as a part of an address writes it', 'http://x/a%2Fb', ['a/b'], 'http://x/***'],
  ['as JSON writes it', '{"key":"p\\"ss\\n"}', ['p"ss\n'], '{"key":"***"}'],
  ['wholly, where another is a part of it', 'password', ['pass', 'password'], '***'],
  ['not, where it is empty', 'a text', [''], 'a text'],
  ['also where it is no text that an address could have', 'a \ud800 text', ['\ud800'], 'a *** text'],
  ['as it is, where it looks like a pattern', 'a.c abc', ['a.c'], '*** abc'],
];

describe('a text without secrets', () => {
  for (const [what, text, secrets, shown] of CASES)
    it(`hides a secret ${what}`, () => assert.equal(withoutSecrets(text, secrets), shown));
});
