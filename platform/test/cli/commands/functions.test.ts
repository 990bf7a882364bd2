/** What `tidegate functions` takes, without a run to ask. */
import assert from 'node:assert/strict';
import { CommandFolder, type Called } from '../command-line.js';

const APPLICATION = `
name: shop
functions: { shop/cart: { http: "http://localhost:1/" } }
requests: { port: 8090, functions: { shop/cart: shop/Item } }
`;

describe('tidegate functions', () => {
  let folder: CommandFolder;
  before(() => (folder = new CommandFolder().write('application.yaml', APPLICATION)));
  after(() => folder.remove());

  const asked = (...words: readonly string[]): Promise<Called> => folder.call(['functions', ...words]);

  for (const words of [
    ['ann', 'sum', '-5'],
    ['-7', 'sum', '-0.5'],
    ['ann', 'map', '-1', '-2e3'],
    ['--', 'ann', 'sum', '-5'],
  ])
    it(`takes a number below 0 for what it is: set ${words.join(' ')}`, async () => {
      const { exitCode, err } = await asked('set', '.', 'shop/cart', ...words);
      assert.equal(exitCode, 1);
      assert.match(err, /^error\[TG488\]: no run of "shop" goes on/);
    });

  it('names an option that there is not as it was written', async () => {
    const { exitCode, err } = await asked('set', '.', 'shop/cart', 'ann', 'sum', '-x');
    assert.equal(exitCode, 2);
    assert.match(err, /unknown option -x/);
  });

  it('refuses a value that is no JSON, or nests too deep', async () => {
    const [text, deep] = ['-5x', '['.repeat(501) + ']'.repeat(501)];
    assert.match((await asked('set', '.', 'shop/cart', 'ann', 'sum', text)).err, /the value is no JSON/);
    assert.match((await asked('set', '.', 'shop/cart', 'ann', 'sum', deep)).err, /nested deeper than 500 levels/);
  });

  it('has pages of 1 to 1000, as the API has', async () => {
    for (const [limit, says] of [
      ['1001', /--limit is 1001; expected 1 to 1000/],
      ['99999999', /--limit is 99999999; expected 1 to 1000/],
      ['-5', /--limit is "-5"; expected a whole number from 1/],
      ['1000', /no run of "shop" goes on/],
    ] as const)
      assert.match((await asked('list', '.', 'shop/cart', '--limit', limit)).err, says);
  });
});
