/** Random rules and random events, small enough that things meet. */
import fc from 'fast-check';
import {
  noSkip,
  Pattern,
  PatternError,
  skipPastLastEvent,
  skipToFirst,
  skipToLast,
  skipToNext,
  type Captured,
  type ComparisonOperator,
  type Condition,
  type RuleDefinition,
  type SkipStrategy,
} from '../../src/index.js';
import { compileGraph } from '../../src/graph/compile-graph.js';

export interface Reading {
  readonly key: string;
  readonly ts: number;
  readonly value: number;
  readonly kind: string;
}

export type Item = Reading | { readonly watermark: number };

const STAGES = ['a', 'b', 'c', 'd'];

const comparison = fc
  .record({
    operator: fc.constantFrom<ComparisonOperator>('<', '<=', '>', '>=', '=='),
    constant: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ operator, constant }): Condition<Reading> => {
    const holds = { '<': lt, '<=': le, '>': gt, '>=': ge, '==': eq }[operator];
    return {
      id: `value ${operator} ${constant}`,
      eventOnly: true,
      test: ({ value }) => holds(value, constant),
      comparisons: [{ field: 'value', read: ({ value }) => value, operator, constant }],
      comparisonsSuffice: true,
    };
  });

const comparisonAndKind = fc
  .record({ constant: fc.integer({ min: 0, max: 6 }), kind: fc.constantFrom('x', 'y') })
  .map(({ constant, kind }): Condition<Reading> => ({
    id: `value > ${constant} and kind ${kind}`,
    eventOnly: true,
    test: (reading) => reading.value > constant && reading.kind === kind,
    comparisons: [{ field: 'value', read: ({ value }) => value, operator: '>', constant }],
  }));

const ofKind = fc.constantFrom('x', 'y').map((kind): Condition<Reading> => ({
  id: `kind ${kind}`,
  eventOnly: true,
  test: (reading) => reading.kind === kind,
}));

const iterative = fc.constantFrom(...STAGES).map((stage): Condition<Reading> => ({
  id: `value above last of ${stage}`,
  eventOnly: false,
  test: ({ value }, captured: Captured<Reading>) => value > (captured.last(stage)?.value ?? -1),
}));

const condition = fc.oneof(
  { weight: 4, arbitrary: comparison },
  { weight: 2, arbitrary: comparisonAndKind },
  { weight: 2, arbitrary: ofKind },
  { weight: 1, arbitrary: iterative },
);

type Call = (pattern: Pattern<Reading>) => void;

const calls: fc.Arbitrary<Call[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        condition.map(
          (c): Call =>
            (p) =>
              void p.where(c),
        ),
        condition.map(
          (c): Call =>
            (p) =>
              void p.or(c),
        ),
      ),
      { maxLength: 2 },
    ),
    fc.array(
      fc.constantFrom<Call>(
        (p) => p.oneOrMore(),
        (p) => p.oneOrMore(4),
        (p) => p.times(2),
        (p) => p.times(3, 5),
        (p) => p.timesRange(0, 2),
        (p) => p.timesRange(1, 3),
        (p) => p.timesOrMore(2),
      ),
      { maxLength: 1 },
    ),
    fc.array(
      fc.oneof(
        fc.constantFrom<Call>(
          (p) => p.optional(),
          (p) => p.greedy(),
          (p) => p.consecutive(),
          (p) => p.allowCombinations(),
          (p) => p.within(12),
          (p) => p.within(6, 'PREVIOUS_AND_CURRENT'),
        ),
        condition.map(
          (c): Call =>
            (p) =>
              void p.until(c),
        ),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([conditions, quantifiers, options]) => [...conditions, ...quantifiers, ...options]);

const relation = fc.constantFrom('next', 'followedBy', 'followedByAny', 'notNext', 'notFollowedBy');

const skip: fc.Arbitrary<SkipStrategy> = fc.constantFrom(
  noSkip(),
  skipToNext(),
  skipPastLastEvent(),
  skipToFirst('a'),
  skipToLast('a'),
  skipToLast('b'),
);

/** Undefined if the calls are refused, which most are not. */
const pattern = fc
  .record({
    skip,
    stages: fc.array(fc.record({ relation, calls }), { minLength: 1, maxLength: 4 }),
    group: fc.nat({ max: 7 }),
  })
  .map(({ skip: strategy, stages, group }): Pattern<Reading> | undefined => {
    try {
      let built: Pattern<Reading> | undefined;
      stages.forEach(({ relation: name, calls: list }, index) => {
        const stage = STAGES[index] ?? '';
        if (built === undefined) built = Pattern.begin<Reading>(stage, strategy);
        else built = built[name as 'next'](stage);
        for (const call of list) call(built);
      });
      if (built === undefined) return undefined;
      const whole: Pattern<Reading> = built;
      const result = group === 0 ? Pattern.begin<Reading>(whole, strategy).timesRange(1, 2) : whole;
      compileGraph(result);
      return result;
    } catch (error) {
      if (error instanceof PatternError) return undefined;
      throw error;
    }
  })
  .filter((built) => built !== undefined);

export const rules: fc.Arbitrary<RuleDefinition<Reading>[]> = fc
  .array(
    fc.record({ pattern, filter: fc.option(comparison, { nil: undefined, freq: 3 }), reportsTimeouts: fc.boolean() }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ pattern: built, filter, reportsTimeouts }, index) => ({
      name: `rule-${index}`,
      pattern: built,
      reportsTimeouts,
      ...(filter === undefined ? {} : { filter }),
    })),
  );

const reading = fc.record({
  key: fc.constantFrom('k', 'l'),
  step: fc.integer({ min: -2, max: 4 }),
  value: fc.integer({ min: -1, max: 7 }),
  kind: fc.constantFrom('x', 'y'),
  watermark: fc.nat({ max: 5 }),
});

/** Mostly in order, with a watermark now and then, and one at the end. */
export const items: fc.Arbitrary<Item[]> = fc.array(reading, { minLength: 1, maxLength: 24 }).map((list) => {
  const made: Item[] = [];
  let now = 1;
  for (const { key, step, value, kind, watermark } of list) {
    now = Math.max(1, now + step);
    made.push({ key, ts: now, value, kind });
    if (watermark === 0) made.push({ watermark: now - 2 });
  }
  return [...made, { watermark: Infinity }];
});

function lt(left: number, right: number): boolean {
  return left < right;
}
function le(left: number, right: number): boolean {
  return left <= right;
}
function gt(left: number, right: number): boolean {
  return left > right;
}
function ge(left: number, right: number): boolean {
  return left >= right;
}
function eq(left: number, right: number): boolean {
  return left === right;
}
