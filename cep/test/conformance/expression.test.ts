import assert from 'node:assert/strict';
import type { Expression } from '../../src/conformance/case.js';
import { conditionOf, type CaseEvent } from '../../src/conformance/expression.js';

const EVENT: CaseEvent = { index: 0, timestamp: 7, fields: { v: 3, s: 'b' }, isSub: false };
const PAST: CaseEvent[] = [2, 4].map((v, index) => ({ index, timestamp: 1, fields: { v }, isSub: false }));
const CAPTURED = {
  events: (stage: string) => (stage === 'a' ? PAST : []),
  first: () => PAST[0],
  last: () => PAST[1],
  count: () => PAST.length,
};

describe('an expression of a case', () => {
  const table: [string, Expression, boolean][] = [
    ['a missing field is null', ['eq', ['f', 'nothing'], null], true],
    ['only true is true', ['f', 'v'], false],
    ['unlike types are not equal', ['eq', ['f', 'v'], '3'], false],
    ['unlike types have no order', ['lt', ['f', 'v'], 'z'], false],
    ['strings have an order', ['lt', 'a', ['f', 's']], true],
    ['a sum with something other than a number is null', ['eq', ['add', ['f', 'v'], 'x'], null], true],
    ['arithmetic on numbers', ['eq', ['sub', ['mul', ['f', 'v'], 2], 1], 5], true],
    ['not of what is not true', ['not', 5], true],
    ['the timestamp', ['eq', ['ts'], 7], true],
    ['the first captured event', ['eq', ['first', 'a', 'v'], 2], true],
    ['the last captured event', ['eq', ['last', 'a', 'v'], 4], true],
    ['the average', ['eq', ['avg', 'a', 'v'], 3], true],
    ['the average of nothing is null', ['eq', ['avg', 'b', 'v'], null], true],
    ['the sum of nothing is zero', ['eq', ['sum', 'b', 'v'], 0], true],
    ['the minimum and maximum', ['and', ['eq', ['min', 'a', 'v'], 2], ['eq', ['max', 'a', 'v'], 4]], true],
    ['the count', ['eq', ['count', 'a'], 2], true],
  ];
  for (const [name, expression, expected] of table) {
    it(`gives ${name}`, () => {
      assert.equal(conditionOf(expression).test(EVENT, CAPTURED), expected);
    });
  }

  it('is event-only unless it reads captured events somewhere', () => {
    assert.equal(conditionOf(['gt', ['f', 'v'], 1]).eventOnly, true);
    assert.equal(conditionOf(['not', ['gt', ['f', 'v'], ['count', 'a']]]).eventOnly, false);
  });
});
