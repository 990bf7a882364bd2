/** Findings in expressions stand at their words in the file, in whatever way YAML writes the expression. */
import assert from 'node:assert/strict';
import { call } from '../cli/command-line.js';
import { planText } from './plan-text.js';
import { withRules } from './sample.js';

/** `amout` stands once in each of these rules; the finding must be there. */
const WAYS: readonly [way: string, rule: string][] = [
  ['a plain scalar', '  r: { from: payments, where: amout > 5, to: alerts }'],
  ['a double-quoted scalar', '  r: { from: payments, where: "cardId != \\"x\\" && amout > 5", to: alerts }'],
  ['a single-quoted scalar', "  r: { from: payments, where: 'cardId != ''x'' && amout > 5', to: alerts }"],
  [
    'a literal block',
    '  r:\n    from: payments\n    where: |\n      cardId != "x" &&\n        amout > 5\n    to: alerts',
  ],
  [
    'a folded block',
    '  r:\n    from: payments\n    where: >-\n      cardId != "x" &&\n      amout > 5\n    to: alerts',
  ],
  [
    'a plain scalar over two lines',
    '  r:\n    from: payments\n    where: cardId != "x" &&\n      amout > 5\n    to: alerts',
  ],
  ['a list', '  r:\n    from: payments\n    where:\n      - amount > 1\n      - amout > 5\n    to: alerts'],
  ['a message', '  r: { from: payments, message: "é {{ cardId }}, {{ amout }}", to: alerts }'],
  [
    'a select field',
    '  r:\n    from: payments\n    select:\n      card: cardId\n      sum: amount + amout\n    to: alerts',
  ],
  ['a key of several parts', '  r: { from: payments, key: [cardId, amout], to: alerts }'],
  ['suppress by', '  r: { from: payments, suppress: { for: 1h, by: amout }, to: alerts }'],
];

describe('findings in expressions', () => {
  for (const [way, rule] of WAYS) {
    it(`stand at their words in ${way}`, () => {
      const text = withRules(rule);
      const [found, ...others] = planText(text).diagnostics;
      assert.deepEqual(others, []);
      assert.equal(found?.code, 'TG202');
      assert.equal(found.suggestion, 'amount');
      const lines = text.split('\n');
      const line = lines.findIndex((one) => one.includes('amout'));
      const column = (lines[line] as string).indexOf('amout');
      assert.deepEqual(found.range, {
        file: 'app.yaml',
        line: line + 1,
        column: column + 1,
        endLine: line + 1,
        endColumn: column + 1 + 'amout'.length,
      });
    });
  }

  it('make three errors of a misspelt key, a misspelt ingress and a misspelt field, each with its suggestion', async () => {
    const text = withRules(`
  a: { from: payments, wehre: amount > 5, to: alerts }
  b: { from: paymets, where: amount > 5, to: alerts }
  c:
    from: payments
    where: |
      status == "x" &&
      amout > 5
    to: alerts
`);
    const { exitCode, out } = await call(['validate'], { 'application.yaml': text });
    assert.equal(exitCode, 1);
    const errors = out.split('\n').filter((line) => line.startsWith('error['));
    assert.equal(errors.length, 3, out);
    assert.match(errors[0] as string, /^error\[TG110\]: .*"wehre".*; did you mean "where"\?$/);
    assert.match(errors[1] as string, /^error\[TG120\]: .*"paymets".*; did you mean "payments"\?$/);
    assert.match(errors[2] as string, /^error\[TG202\]: .*"amout".*; did you mean "amount"\?$/);
  });

  it('make three errors also when all three stand in one rule', async () => {
    const text = withRules('  a: { from: paymets, wehre: amount > 5, where: amout > 5, to: alerts }');
    const { out } = await call(['validate'], { 'application.yaml': text });
    assert.equal(out.split('\n').filter((line) => line.startsWith('error[')).length, 3, out);
  });
});
