import assert from 'node:assert/strict';
import { compile, Pattern, PatternOperator, type Comparison, type Condition } from '../../src/index.js';

interface Reading {
  readonly value: number;
}

/** Notes each condition that is tested. */
function above(constant: number, tested: string[], suffices: boolean): Condition<Reading> {
  const id = `value > ${constant}`;
  const comparison: Comparison<Reading> = { field: 'value', read: ({ value }) => value, operator: '>', constant };
  const test = ({ value }: Reading): boolean => {
    tested.push(id);
    return value > constant;
  };
  return { id, eventOnly: true, test, comparisons: [comparison], comparisonsSuffice: suffices };
}

function run(count: number, suffices: boolean, values: readonly number[]): { tested: string[]; matched: number[] } {
  const tested: string[] = [];
  const matched: number[] = [];
  const rules = Array.from({ length: count }, (_, index) => ({
    name: `above ${index * 10}`,
    pattern: Pattern.begin<Reading>('high').where(above(index * 10, tested, suffices)),
  }));
  const operator = new PatternOperator<string, Reading>(compile(rules), {
    output: { match: ({ rule }) => matched.push(rule), timeout: () => {}, late: () => {} },
  });
  values.forEach((value, index) => operator.process('k', { value }, index + 1));
  operator.advance(Infinity);
  return { tested, matched };
}

describe('the index of comparisons', () => {
  it('finds the rules without testing a condition, if the comparisons are all there is to it', () => {
    assert.deepEqual(run(10, true, [25]), { tested: [], matched: [0, 1, 2] });
  });

  it('tests only conditions that can hold, if there is more to them', () => {
    assert.deepEqual(run(10, false, [25]), { tested: ['value > 0', 'value > 10', 'value > 20'], matched: [0, 1, 2] });
  });

  it('tells a constant from what lies beside it', () => {
    assert.deepEqual(run(10, true, [20]).matched, [0, 1]);
    assert.deepEqual(run(10, true, [20.5]).matched, [0, 1, 2]);
  });

  it('holds nothing of an event without the number', () => {
    assert.deepEqual(run(10, true, [NaN]).matched, []);
  });

  it('is not made for a few conditions', () => {
    assert.deepEqual(run(2, true, [5]), { tested: ['value > 0', 'value > 10'], matched: [0] });
  });
});
