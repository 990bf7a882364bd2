import assert from 'node:assert/strict';
import { functionReference } from '../../src/expression/index.js';
import { catalogueEntry, catalogueNames } from '../../src/expression/functions/catalogue.js';
import { parseSignature } from '../../src/expression/functions/signature.js';
import { OPEN_SCOPE, PATTERN_SCOPE, describeValue, evaluate, problemsOf } from './evaluate.js';

describe('the catalogue of functions', () => {
  for (const { name, example } of functionReference().filter(({ name }) => catalogueEntry(name) !== undefined)) {
    it(`has an example of ${name} that is true: ${example}`, () => {
      assert.equal(evaluate(example), true);
    });
  }

  it('has examples of the forms that need a pattern, which pass the check', () => {
    for (const { name, example } of functionReference().filter(({ name }) => catalogueEntry(name) === undefined)) {
      assert.deepEqual(problemsOf(example, PATTERN_SCOPE), [], name);
    }
  });

  it('says a sentence of each and has no name twice', () => {
    const reference = functionReference();
    assert.deepEqual(new Set(catalogueNames()).size, catalogueNames().length);
    for (const { name, description, signatures } of reference) {
      assert.match(description, /^[A-Z0-9-].*[.!]$/s, name);
      assert.ok(signatures.length > 0, name);
    }
  });

  it('reads its signatures', () => {
    assert.deepEqual(parseSignature('string.startsWith(string) -> bool'), {
      text: 'string.startsWith(string) -> bool',
      name: 'startsWith',
      member: true,
      parameters: [{ kind: 'string' }, { kind: 'string' }],
      variadic: false,
      result: { kind: 'bool' },
    });
    assert.equal(parseSignature('math.abs(int) -> int').name, 'math.abs');
    assert.equal(parseSignature('map<K, V>.size() -> int').member, true);
    assert.throws(() => parseSignature('size(text) -> int'), /not a type/);
  });

  const table: readonly (readonly [string, unknown])[] = [
    ['geo.distanceKm(0.0, 0.0, 0.0, 180.0) > 20015.0 && geo.distanceKm(0.0, 0.0, 0.0, 180.0) < 20016.0', true],
    ['geo.distanceKm(52, 4, 52, 4)', 0],
    ['geo.distanceKm(91.0, 0.0, 0.0, 0.0)', NaN],
    ['geo.speedKmh(0.0, 0.0, 0.0, 1.0, duration("0s"))', Infinity],
    ['geo.speedKmh(1.0, 1.0, 1.0, 1.0, duration("0s"))', 0],
    ['cidr("10.0.0.0/8").containsIP("11.0.0.1")', false],
    ['cidr("0.0.0.0/0").containsIP("255.255.255.255")', true],
    ['cidr("2001:db8::/32").containsIP("2001:db9::1")', false],
    ['cidr("::ffff:10.0.0.0/104").containsIP("::ffff:10.1.2.3")', true],
    ['cidr("10.0.0.0/8").containsIP("::1")', false],
    ['isIP("1.2.3.04")', false],
    ['isIP("1::2::3")', false],
    ['isIP("fe80::1%eth0")', false],
    ['isIP("1:2:3:4:5:6:7:8")', true],
    ['isIP("1:2:3:4:5:6:7:8:9")', false],
    ['isCIDR("10.0.0.0/33")', false],
    ['hours(duration("-90m"))', -1.5],
    ['minutes(duration("90s"))', 1.5],
    ['math.div(-7, 2)', -3],
    ['size("😀é")', 2],
    ['"%d".format([3]) + "%.1f".format([2.25]) + "%s".format([[1, "a"]])', '32.2[1, a]'],
    ['timestamp("2024-12-31T23:00:00Z").getDayOfYear()', 365],
    ['[3, 1, 2].sort().map(x, x * 2)', [2, 4, 6]],
  ];
  for (const [expression, expected] of table) {
    it(`gives ${describeValue(expected)} for ${expression}`, () => {
      assert.deepEqual(evaluate(expression, { scope: OPEN_SCOPE }), expected);
    });
  }

  it('gives errors, not exceptions, for arguments out of range', () => {
    for (const expression of [
      '"a".charAt(-1)',
      '"a".substring(2, 1)',
      '[1].slice(0, 5)',
      '"%d".format([])',
      '"%q".format([1])',
      'base64.decode("?")',
      'x.containsIP("1.2.3.4")',
      'int(1e30)',
      'double("x")',
    ]) {
      const value = evaluate(expression, { record: { value: { x: 'none' }, timestamp: 0, source: 's' } });
      assert.match(describeValue(value), /^error (index_out_of_range|invalid_argument|overflow)$/, expression);
    }
  });
});
