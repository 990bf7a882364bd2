import assert from 'node:assert/strict';
import { checkExpression, compileValue, renderValue, toJson } from '../../src/expression/index.js';
import { describeValue, evaluate, problemsOf } from './evaluate.js';

/** `body` with x doubled n times: `cel.bind(x1, x + x, cel.bind(x2, x1 + x1, ...))`. */
function doubled(start: string, step: (name: string) => string, times: number, body: (name: string) => string): string {
  const names = Array.from({ length: times + 1 }, (_, at) => `x${at}`);
  const opened = names.map((name, at) => `cel.bind(${name}, ${at === 0 ? start : step(`x${at - 1}`)}, `).join('');
  return `${opened}${body(`x${times}`)}${')'.repeat(names.length)}`;
}

const event = (value: Record<string, unknown>) => ({ record: { value, timestamp: 0, source: 's' } });

/** Some of these use up the whole bound, twice: compiled and interpreted. */
describe('the work of one evaluation is bounded', function () {
  this.timeout(30_000);

  const exceeding: readonly (readonly [string, string])[] = [
    ['a range of a hundred million', 'lists.range(100000000)'],
    ['nested macros', 'lists.range(1000).map(x, lists.range(1000).map(y, lists.range(1000).map(z, x + y + z)))'],
    [
      'a text doubled 60 times',
      doubled(
        '"abcdefgh"',
        (x) => `${x} + ${x}`,
        60,
        (x) => `size(${x})`,
      ),
    ],
    [
      'a list doubled 60 times',
      doubled(
        '[1, 2]',
        (x) => `${x} + ${x}`,
        60,
        (x) => `size(${x})`,
      ),
    ],
    [
      'replacements that multiply',
      doubled(
        '"aaaaaaaaaa"',
        (x) => `${x}.replace("a", "aaaaaaaaaa")`,
        12,
        (x) => `size(${x})`,
      ),
    ],
    [
      'joins that multiply',
      doubled(
        '"abcdefgh"',
        (x) => `[${x}, ${x}, ${x}, ${x}].join()`,
        30,
        (x) => `size(${x})`,
      ),
    ],
    [
      'formats that multiply',
      doubled(
        '"abcdefgh"',
        (x) => `"%s%s%s%s".format([${x}, ${x}, ${x}, ${x}])`,
        30,
        (x) => `size(${x})`,
      ),
    ],
    [
      'equality of lists that share their parts',
      `${doubled(
        '[1]',
        (x) => `[${x}, ${x}]`,
        60,
        (x) =>
          `${x} == ${doubled(
            '[1]',
            (y) => `[${y}, ${y}]`,
            60,
            (y) => y,
          )}`,
      )}`,
    ],
    [
      'flattening lists that share their parts',
      doubled(
        '[1]',
        (x) => `[${x}, ${x}]`,
        60,
        (x) => `size(${x}.flatten(100))`,
      ),
    ],
    ['membership in nested macros', 'lists.range(2000).all(x, lists.range(2000).exists(y, y == 1999))'],
  ];
  for (const [name, expression] of exceeding) {
    it(`F82: ${name} ends with an error`, () => {
      assert.equal(describeValue(evaluate(expression)), 'error limit_exceeded');
    });
  }

  it('F82: there is no repeat()', () => {
    assert.equal(problemsOf('"x".repeat(1000000000)')[0]?.code, 'TG204');
  });

  it('F82: an expression that was over the limit does not spoil the next evaluation', () => {
    evaluate('lists.range(100000000)');
    assert.equal(evaluate('[1, 2, 3].map(x, x * 2) == [2, 4, 6]'), true);
    assert.equal(evaluate('x == y', event({ x: [1, [2]], y: [1, [2]] })), true);
  });

  it('F82: an unfinished comparison is an error for == and for !=', () => {
    const list = Array.from({ length: 2_000_000 }, () => 0);
    const given = event({ x: list, y: [...list] });
    assert.equal(describeValue(evaluate('x == y', given)), 'error limit_exceeded');
    assert.equal(describeValue(evaluate('x != y', given)), 'error limit_exceeded');
    assert.equal(describeValue(evaluate('[x] == [y]', given)), 'error limit_exceeded');
  });

  it('F82: a small value that is huge when written out is cut', () => {
    const expression = doubled(
      '[1]',
      (x) => `[${x}, ${x}]`,
      60,
      (x) => x,
    );
    const checked = checkExpression(expression, {});
    assert.ok(checked.ok);
    const value = compileValue(checked.tree)(event({}).record);
    assert.ok(JSON.stringify(toJson(value, { kind: 'dyn' })).length < 1_000_000);
    assert.ok(renderValue(value, { kind: 'dyn' }).length < 1_000_000);
  });

  it('F82: data nested 100,000 levels deep neither overflow nor throw', () => {
    let deep: unknown = 1;
    let other: unknown = 1;
    for (let level = 0; level < 100_000; level++) {
      deep = [deep];
      other = [other];
    }
    const given = event({ x: deep, y: other });
    assert.equal(evaluate('x == y', given), false);
    assert.equal(describeValue(evaluate('"%s".format([x])', given)), 'error limit_exceeded');
    assert.equal(evaluate('size(x.flatten(100000))', given), 1);
    renderValue(deep, { kind: 'dyn' });
  });
});

describe('regular expressions', () => {
  it('F83: take linear time where backtracking would not end', () => {
    const text = `${'a'.repeat(50_000)}!`;
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*a){12}$']) {
      assert.equal(evaluate(`x.matches(${JSON.stringify(pattern)})`, event({ x: text })), false, pattern);
    }
  });

  it('F83: backreferences and look-around are refused, as literals by the check and else as errors', () => {
    for (const pattern of ['(a)\\1', '(?=a)', '(?<!a)b', '(?P=x)']) {
      const literal = JSON.stringify(pattern);
      assert.equal(problemsOf(`country.matches(${literal})`)[0]?.code, 'TG210', pattern);
      assert.equal(
        describeValue(evaluate('x.matches(p)', event({ x: 'aa', p: pattern }))),
        'error invalid_argument',
        pattern,
      );
    }
  });

  it('F83: their length and their repetitions are bounded', () => {
    for (const pattern of ['a'.repeat(2_000), '(((a{100}){100}){100})', 'a{100000}']) {
      assert.equal(
        describeValue(evaluate('x.matches(p)', event({ x: 'aa', p: pattern }))),
        'error invalid_argument',
        pattern.slice(0, 30),
      );
    }
    assert.equal(
      describeValue(evaluate('x.matches(p)', event({ x: 'a'.repeat(900_000), p: '(a|b)*c'.repeat(20) }))),
      'error limit_exceeded',
    );
  });

  it('are searched in the text, with the ends tied by ^ and $', () => {
    assert.equal(evaluate('"hubba".matches("ubb")'), true);
    assert.equal(evaluate('"hubba".matches("^ubb")'), false);
    assert.ok(checkExpression('"a".matches("(?i)A")', {}).ok);
  });
});
