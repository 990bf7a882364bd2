import assert from 'node:assert/strict';
import { ABSENT, EvaluationError, checkExpression, compileValue } from '../../src/expression/index.js';
import { OPEN_SCOPE, PATTERN_SCOPE, capturedOf, describeValue, evaluate, payment } from './evaluate.js';

const ERROR = (code: EvaluationError['code']): string => `error ${code}`;

describe('the value of an expression', () => {
  const table: readonly (readonly [expression: string, record: Record<string, unknown>, value: unknown])[] = [
    // Numbers mix.
    ['amount * 2 > 500', { amount: 300 }, true],
    ['amount * 2 > 500', { amount: 250.5 }, true],
    ['1 + 0.5', {}, 1.5],
    ['a == 1.0', { a: 1 }, true],
    ['a == 9007199254740993', { a: 9007199254740993n }, true],
    ['a == 9007199254740993.0', { a: 9007199254740993n }, false],
    ['a > 5', { a: 2n ** 60n }, true],
    ['a + 1 > a', { a: 2n ** 60n }, true],
    // Division.
    ['a / 2', { a: 7 }, 3.5],
    ['7 / 2', {}, 3],
    ['a / 0', { a: 7 }, Infinity],
    ['math.div(7, 0)', {}, ERROR('divide_by_zero')],
    ['a % 4', { a: 7 }, 3],
    ['a % 4', { a: -8 }, 0],
    ['a % -4', { a: -7 }, -3],
    ['a % 4', { a: 2n ** 60n + 3n }, 3],
    ['a % 0', { a: 7 }, ERROR('divide_by_zero')],
    ['a % 4', { a: 7.5 }, ERROR('no_such_overload')],
    // Absent and null.
    ['x', {}, ABSENT],
    ['x > 5', {}, ABSENT],
    ['x > 5 || true', {}, true],
    ['false && x > 5', {}, false],
    ['x > 5 && false', {}, false],
    ['x == null', { x: null }, true],
    ['x == null', {}, ABSENT],
    ['x != "a"', { x: null }, true],
    ['x > 5', { x: null }, ERROR('no_such_overload')],
    ['has(x)', {}, false],
    ['has(x)', { x: null }, true],
    ['has(x.y.z)', { x: {} }, false],
    ['has(x["y"])', { x: { y: 0 } }, true],
    ['coalesce(x, y, "??")', { x: null }, '??'],
    ['coalesce(x, y)', {}, ABSENT],
    ['coalesce(x.y, 1)', { x: 5 }, ERROR('no_such_overload')],
    ['x.y', { x: null }, ERROR('no_such_overload')],
    ['x.y.z', { x: { y: { z: 1 } } }, 1],
    ['x ? 1 : 2', {}, ABSENT],
    ['x ? 1 : 2', { x: 'yes' }, ERROR('no_such_overload')],
    ['[x, 1]', {}, ABSENT],
    // Errors.
    ['x + 1 > 2', { x: 'a' }, ERROR('no_such_overload')],
    ['x + 1 > 2 || true', { x: 'a' }, true],
    ['!(x > 1)', { x: 'a' }, ERROR('no_such_overload')],
    ['l[5]', { l: [1] }, ERROR('index_out_of_range')],
    ['l[1]', { l: [1, 'b'] }, 'b'],
    ['"a" in l', { l: [1, 'a'] }, true],
    ['"a" in m', { m: { a: null } }, true],
    ['x in ["a", "b"]', { x: 'b' }, true],
    ['x in [1, 2]', { x: 2 }, true],
    ['!(x in ["a", "b"])', {}, ABSENT],
    ['!(x in ["a", "b"])', { x: 7 }, true],
    // Order of texts is by code points.
    ['a < b', { a: '\uffee', b: '😀' }, true],
    // Macros.
    ['l.exists(x, x > 2)', { l: [1, 'a', 3] }, true],
    ['l.all(x, x > 2)', { l: [3, 'a', 1] }, false],
    ['l.all(x, x > 2)', { l: [3, 'a'] }, ERROR('no_such_overload')],
    ['l.map(x, x * 2)', { l: [1, 2] }, [2, 4]],
    ['l.filter(x, has(x.y)).size()', { l: [{ y: 1 }, {}] }, 1],
    ['m.exists(k, v, v == 2 && k == "b")', { m: { a: 1, b: 2 } }, true],
    ['cel.bind(x, a * 2, x + x)', { a: 2 }, 8],
    ['[1, 2].map(x, [x].map(y, x + y))', {}, [[2], [4]]],
    // Times.
    ['timestamp("2026-01-31T12:00:00Z") - timestamp("2026-01-31T11:00:00Z") == duration("1h")', {}, true],
    ['duration("7d") == duration("168h")', {}, true],
    ['string(duration("90s"))', {}, '90s'],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', {}, ERROR('overflow')],
    ['timestamp("2026-03-29T01:30:00Z").getHours("Europe/Amsterdam")', {}, 3],
    ['x.getHours("Nowhere/City")', { x: 0 }, ERROR('no_such_overload')],
    // int is exact up to 64 bits.
    ['9223372036854775807 + 1', {}, ERROR('overflow')],
    ['9007199254740993 - 2', {}, 9007199254740991],
    ['-(-9223372036854775807 - 1)', {}, ERROR('overflow')],
    ['9007199254740993 * 3', {}, 27021597764222979n],
  ];
  for (const [expression, record, expected] of table) {
    const shown = JSON.stringify(record, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    it(`of ${expression} with ${shown} is ${typeof expected === 'string' ? expected : describeValue(expected)}`, () => {
      const value = evaluate(expression, { record: { value: record, timestamp: 0, source: 's' } });
      if (typeof expected === 'string' && expected.startsWith('error ')) assert.equal(describeValue(value), expected);
      else assert.deepEqual(value, expected);
    });
  }

  it('keeps typed ints exact where doubles would round', () => {
    const scope = { event: { kind: 'record', open: false, fields: { n: { type: { kind: 'int' } } } } } as const;
    const record = { value: { n: Number.MAX_SAFE_INTEGER }, timestamp: 0, source: 's' };
    assert.equal(evaluate('n + 2', { scope, record }), 9007199254740993n);
    assert.equal(evaluate('n * n', { scope, record }) instanceof EvaluationError, true);
    assert.equal(evaluate('n + 2 - 2', { scope, record }), Number.MAX_SAFE_INTEGER);
  });

  it('reads captured events', () => {
    const captured = capturedOf({
      probe: [payment({ amount: 1 }, 60_000), payment({ amount: 2, country: undefined }, 120_000)],
      cashout: [payment({ amount: 900, country: 'US' }, 390_000)],
    });
    const given = { scope: PATTERN_SCOPE, captured, key: 'c1', record: payment({ amount: 950 }) };
    const table: readonly (readonly [string, unknown])[] = [
      ['size(probe)', 2],
      ['cashout.amount', 900],
      ['amount > last().amount', true],
      ['first(probe).amount', 1],
      ['last(probe).amount', 2],
      ['probe[1].amount', 2],
      ['probe[2].amount', ABSENT],
      ['sum(probe, amount)', 3],
      ['avg(probe, amount * 2)', 3],
      ['min(probe, amount)', 1],
      ['max(probe, eventTime())', 120_000],
      ['sum(probe, size(country))', 2],
      ['probe.all(p, p.amount < cashout.amount)', true],
      ['probe.map(p, p.amount)', [1, 2]],
      ['eventTime(cashout) - eventTime(first(probe))', 330_000],
      ['eventTime(cashout) - eventTime(first(probe)) > duration("5m")', true],
      ['source(cashout)', 'payments'],
      ['header("trace")', 't1'],
      ['header(cashout, "none")', ABSENT],
      ['key()', 'c1'],
      ['cashout == cashout', true],
    ];
    for (const [expression, expected] of table) assert.deepEqual(evaluate(expression, given), expected, expression);
  });

  it('finds no events in a stage that is not yet reached', () => {
    const given = { scope: PATTERN_SCOPE, captured: capturedOf({}) };
    for (const expression of [
      'cashout.amount',
      'first(probe).amount',
      'amount > last().amount',
      'avg(probe, amount)',
      'eventTime(cashout)',
    ]) {
      assert.equal(evaluate(expression, given), ABSENT, expression);
    }
    assert.equal(evaluate('sum(probe, amount)', given), 0);
    assert.equal(evaluate('size(probe) == 0 || amount > last().amount', given), true);
  });

  it('looks tables up as they are at that moment', () => {
    const rows = new Map<unknown, Record<string, unknown>>();
    const layout = { tables: new Map([['homeCountry', rows]]) };
    const checked = checkExpression('country != tables.homeCountry[cardId].country', PATTERN_SCOPE, 'bool');
    assert.ok(checked.ok);
    const test = compileValue(checked.tree, layout);
    assert.equal(test(payment()), ABSENT);
    rows.set('c1', { country: 'DE' });
    assert.equal(test(payment()), true);
    assert.equal(evaluate('cardId in tables.homeCountry', { scope: PATTERN_SCOPE, layout }), true);
    assert.equal(evaluate('has(tables.homeCountry["c2"])', { scope: PATTERN_SCOPE, layout }), false);
  });

  it('has the envelope of an alert', () => {
    const record = { ...payment(), alert: { rule: 'card-testing', severity: 'high' } };
    const scope = { ...OPEN_SCOPE, alert: true };
    assert.equal(evaluate('alert.rule + "/" + alert.severity', { scope, record }), 'card-testing/high');
  });
});

describe('the strict profile', () => {
  const table: readonly (readonly [expression: string, value: unknown])[] = [
    ['has({"a": 1}.b)', false],
    ['has({"a": {"b": 1}}.a.b)', true],
    ['has({"a": {"b": 1}}.b.c)', ERROR('no_such_key')],
    ['{"a": 1}.b', ERROR('no_such_key')],
    ['7 / 2', 3n],
    ['[1, 2][0]', 1n],
    ['duration("1h").getMinutes()', 60n],
  ];
  for (const [expression, expected] of table) {
    it(`gives ${typeof expected === 'string' ? expected : describeValue(expected)} for ${expression}`, () => {
      const value = evaluate(expression, { scope: { ...OPEN_SCOPE, profile: 'strict' } });
      if (typeof expected === 'string') assert.equal(describeValue(value), expected);
      else assert.deepEqual(value, expected);
    });
  }

  it('refuses what the deviations allow', () => {
    for (const expression of ['1 + 1.5', '1 == 1.0', 'has(x)', '"a" == null', 'x == 1 ? 1 : 2.5']) {
      assert.ok(!checkExpression(expression, { ...OPEN_SCOPE, profile: 'strict' }).ok, expression);
      assert.ok(checkExpression(expression, OPEN_SCOPE).ok, expression);
    }
    assert.equal(describeValue(evaluate('duration("1d")', { scope: { profile: 'strict' } })), 'error invalid_argument');
  });
});
