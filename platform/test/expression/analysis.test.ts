import assert from 'node:assert/strict';
import {
  analyseComparisons,
  checkExpression,
  compileCondition,
  conjunction,
  fingerprint,
  readsCaptured,
  readsTables,
} from '../../src/expression/index.js';
import type { TypedTree } from '../../src/expression/index.js';
import { PATTERN_SCOPE, payment } from './evaluate.js';

function tree(text: string): TypedTree {
  const checked = checkExpression(text, PATTERN_SCOPE);
  assert.ok(checked.ok, text);
  return checked.tree;
}

describe('the fingerprint of a tree', () => {
  it('ignores formatting, comments, quotes and the names of variables', () => {
    const same = [
      ['amount > 500 && status == "x"', "amount>500   && // large\n (status == 'x')"],
      ['probe.all(p, p.amount > 1)', 'probe.all(other, other.amount > 1)'],
      ['cel.bind(a, amount, [a].map(b, b + a))', 'cel.bind(x, amount, [x].map(y, y + x))'],
    ] as const;
    for (const [one, other] of same) assert.equal(fingerprint(tree(one)), fingerprint(tree(other)), one);
  });

  it('tells apart what differs in meaning', () => {
    const texts = [
      'amount > 500',
      'amount >= 500',
      'amount > 501',
      'count > 500',
      'cashout.amount > 500',
      '!(amount > 500)',
      '[1].map(a, [2].map(b, a))',
      '[1].map(a, [2].map(b, b))',
    ];
    assert.equal(new Set(texts.map((text) => fingerprint(tree(text)))).size, texts.length);
  });
});

describe('the comparisons of a condition', () => {
  const table: readonly (readonly [text: string, comparisons: readonly string[], complete: boolean])[] = [
    ['amount > 500', ['amount > 500'], true],
    ['500 >= amount', ['amount <= 500'], true],
    ['amount > 500 && count == 3', ['amount > 500', 'count == 3'], true],
    ['amount > 500 && country == "NL"', ['amount > 500'], false],
    ['device.score < -2.5 && (count > 1 && amount < 9)', ['device.score < -2.5', 'count > 1', 'amount < 9'], true],
    ['amount > 500 || count > 3', [], false],
    ['amount != 5', [], false],
    ['amount > cashout.amount', [], false],
    ['cashout.amount > 5', [], false],
    ['amount + 1 > 5', [], false],
    ['ts > timestamp("2026-01-31T00:00:00Z")', [], false],
  ];
  for (const [text, comparisons, complete] of table) {
    it(`of ${text} are [${comparisons.join(', ')}]${complete ? ', which suffice' : ''}`, () => {
      const found = analyseComparisons(tree(text));
      assert.deepEqual(
        found.comparisons.map(({ path, operator, constant }) => `${path.join('.')} ${operator} ${constant}`),
        comparisons,
      );
      assert.equal(found.complete, complete);
    });
  }
});

describe('a conjunction', () => {
  it('is true when all its conditions are, and of none', () => {
    const both = compileCondition(conjunction([tree('amount > 5'), tree('country == "NL" || amount > 100')]));
    assert.equal(both(payment({ amount: 10, country: 'NL' })), true);
    assert.equal(both(payment({ amount: 10, country: 'DE' })), false);
    assert.equal(both(payment({ amount: 1, country: 'NL' })), false);
    assert.equal(compileCondition(conjunction([]))(payment()), true);
  });
});

describe('what an expression reads', () => {
  it('is captured events when it names a stage or last()', () => {
    for (const text of [
      'cashout.amount > 1',
      'size(probe) > 1',
      'sum(probe, amount) > 1',
      'amount > last().amount',
      'eventTime(cashout) > ts',
      'probe[0].amount > 1',
    ]) {
      assert.equal(readsCaptured(tree(text)), true, text);
    }
    for (const text of ['amount > 1', 'eventTime() > ts', 'key() == "a"', 'source() == "a"', 'tags.all(t, t == "a")'])
      assert.equal(readsCaptured(tree(text)), false, text);
  });

  it('is tables when it looks one up', () => {
    assert.equal(readsTables(tree('cardId in tables.homeCountry')), true);
    assert.equal(readsTables(tree('cardId == "a"')), false);
  });
});
