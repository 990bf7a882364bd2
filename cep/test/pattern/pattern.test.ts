import assert from 'node:assert/strict';
import {
  compile,
  Pattern,
  PatternError,
  skipToFirst,
  skipToLast,
  type Condition,
  type PatternErrorCode,
} from '../../src/index.js';

type Any = Pattern<number>;

const ANY: Condition<number> = { id: 'any', eventOnly: true, test: () => true };

function begin(): Any {
  return Pattern.begin<number>('a').where(ANY);
}

function codeOf(build: () => Any): { code: PatternErrorCode; java: string } | undefined {
  try {
    compile([{ name: 'rule', pattern: build() }]);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PatternError);
    return { code: error.code, java: error.javaException };
  }
}

describe('the pattern builder refuses', () => {
  const table: [string, () => Any, PatternErrorCode, string][] = [
    ['two stages of one name', () => begin().next('a'), 'duplicate-name', 'MalformedPatternException'],
    [
      'a stage in a group with the name of another',
      () => begin().next(Pattern.begin<number>('a')),
      'duplicate-name',
      'MalformedPatternException',
    ],
    ['a second quantifier', () => begin().oneOrMore().times(2), 'quantifier-twice', 'MalformedPatternException'],
    ['optional twice', () => begin().optional().optional(), 'optional-twice', 'MalformedPatternException'],
    ['an optional not stage', () => begin().notNext('b').optional(), 'optional-not-stage', 'MalformedPatternException'],
    [
      'a quantified not stage',
      () => begin().notFollowedBy('b').oneOrMore(),
      'quantifier-on-not-stage',
      'MalformedPatternException',
    ],
    [
      'an optional stage after a greedy one',
      () => begin().oneOrMore().greedy().next('b').optional(),
      'optional-after-greedy',
      'MalformedPatternException',
    ],
    ['greedy on a single stage', () => begin().greedy(), 'greedy-on-single', 'MalformedPatternException'],
    [
      'greedy on a group',
      () => Pattern.begin(begin()).oneOrMore().greedy(),
      'greedy-on-group',
      'MalformedPatternException',
    ],
    [
      'greedy after allowCombinations',
      () => begin().oneOrMore().allowCombinations().greedy(),
      'greedy-with-combinations',
      'MalformedPatternException',
    ],
    [
      'consecutive on a single stage',
      () => begin().consecutive(),
      'inner-contiguity-on-single',
      'MalformedPatternException',
    ],
    [
      'consecutive twice',
      () => begin().oneOrMore().consecutive().consecutive(),
      'inner-contiguity-twice',
      'MalformedPatternException',
    ],
    [
      'consecutive and combinations',
      () => begin().oneOrMore().consecutive().allowCombinations(),
      'inner-contiguity-conflict',
      'MalformedPatternException',
    ],
    ['until without a loop', () => begin().times(2).until(ANY), 'until-without-loop', 'MalformedPatternException'],
    ['until twice', () => begin().oneOrMore().until(ANY).until(ANY), 'until-twice', 'MalformedPatternException'],
    [
      'a condition on a group',
      () => Pattern.begin(begin()).where(ANY),
      'condition-on-group',
      'UnsupportedOperationException',
    ],
    [
      'a not stage after an optional one',
      () => begin().optional().notNext('b'),
      'not-after-optional',
      'UnsupportedOperationException',
    ],
    ['zero times', () => begin().times(0), 'times-not-positive', 'IllegalArgumentException'],
    ['a reversed range', () => begin().timesRange(3, 2), 'times-range-reversed', 'IllegalArgumentException'],
    [
      'a last notFollowedBy without a window',
      () => begin().notFollowedBy('b'),
      'not-followed-by-without-window',
      'MalformedPatternException',
    ],
    [
      'a gap longer than the window',
      () => begin().within(5).next('b').within(6, 'PREVIOUS_AND_CURRENT'),
      'gap-longer-than-window',
      'MalformedPatternException',
    ],
    [
      'a skip to an unknown stage',
      () => Pattern.begin<number>('a', skipToFirst('z')),
      'unknown-skip-stage',
      'MalformedPatternException',
    ],
    [
      'a skip to a stage inside a group',
      () => Pattern.begin<number>(begin(), skipToLast('a')),
      'unknown-skip-stage',
      'MalformedPatternException',
    ],
    [
      'a loop over a group that can be skipped',
      () => Pattern.begin(begin().optional()).oneOrMore(),
      'endless-group-loop',
      'MalformedPatternException',
    ],
  ];
  for (const [name, build, code, java] of table) {
    it(name, () => {
      assert.deepEqual(codeOf(build), { code, java });
    });
  }
});

describe('the pattern builder', () => {
  const allowed: [string, () => Any][] = [
    ['allowCombinations after greedy, though not before', () => begin().oneOrMore().greedy().allowCombinations()],
    ['a quantifier that makes it forget optional', () => begin().optional().oneOrMore().notNext('b')],
    ['from zero times, as optional', () => begin().timesRange(0, 2).next('b')],
    ['a last notFollowedBy with a window anywhere', () => begin().within(5).notFollowedBy('b')],
    ['a skip to a not stage', () => Pattern.begin<number>('a', skipToLast('b')).notNext('b').next('c')],
  ];
  for (const [name, build] of allowed) {
    it(`takes ${name}`, () => {
      assert.equal(codeOf(build), undefined);
    });
  }

  it('appends to a stage without changing it', () => {
    const first = begin();
    assert.equal(first.next('b').previous, first);
    assert.equal(first.previous, undefined);
  });
});
