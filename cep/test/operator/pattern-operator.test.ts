import assert from 'node:assert/strict';
import {
  compile,
  HeapMatchStore,
  Pattern,
  PatternOperator,
  skipPastLastEvent,
  skipToLast,
  type Condition,
  type Match,
  type PatternOperatorOptions,
  type RuleDefinition,
  type Timeout,
} from '../../src/index.js';

interface Outcome {
  readonly matches: Match<string, string>[];
  readonly timeouts: Timeout<string, string>[];
  readonly late: string[];
  readonly store: HeapMatchStore<string, string>;
  readonly operator: PatternOperator<string, string>;
}

function is(letter: string): Condition<string> {
  return { id: `is ${letter}`, eventOnly: true, test: (event) => event === letter };
}

function operate(
  rules: RuleDefinition<string>[],
  options: Partial<PatternOperatorOptions<string, string>> = {},
): Outcome {
  const store = new HeapMatchStore<string, string>();
  const outcome = { matches: [], timeouts: [], late: [] } as Pick<Outcome, 'matches' | 'timeouts' | 'late'>;
  const operator = new PatternOperator<string, string>(compile(rules), {
    store,
    output: {
      match: (match) => outcome.matches.push(match),
      timeout: (timeout) => outcome.timeouts.push(timeout),
      late: (_key, event) => outcome.late.push(event),
    },
    ...options,
  });
  return { ...outcome, store, operator };
}

const AB = Pattern.begin<string>('a', skipPastLastEvent()).where(is('a')).followedBy('b').where(is('b')).within(10);
const ABSENT = Pattern.begin<string>('a').where(is('a')).notFollowedBy('b').where(is('b')).within(10);

describe('the pattern operator', () => {
  it('gives the same whatever time it is, with windows and gaps of months as of milliseconds', () => {
    const outcomes = [0, 1_700_000_000_000].flatMap((origin) =>
      [1, 86_400_000 * 7].map((unit) => {
        const within = 10 * unit;
        const ab = Pattern.begin<string>('a', skipPastLastEvent()).where(is('a')).followedBy('b').where(is('b'));
        const absent = Pattern.begin<string>('a').where(is('a')).notFollowedBy('b').where(is('b'));
        const rules = [ab.within(within), absent.within(within)].map((pattern, index) => ({
          name: `${index}`,
          pattern,
        }));
        const { operator, matches, timeouts } = operate(rules);
        [...'a-b--a----------a--ab-'].forEach((event, index) => {
          operator.process('k', event, origin + index * unit);
          if (index % 4 === 3) operator.advance(origin + index * unit);
        });
        operator.advance(Infinity);
        const units = (time: number): number => (time - origin) / unit;
        const all: (Timeout<string, string> & { deadline?: number | undefined })[] = [...matches, ...timeouts];
        return all.map((outcome) => ({
          ...outcome,
          firstTimestamp: units(outcome.firstTimestamp),
          lastTimestamp: units(outcome.lastTimestamp),
          at: units(outcome.at),
          deadline: outcome.deadline === undefined ? undefined : units(outcome.deadline),
        }));
      }),
    );
    assert.equal(outcomes[0]?.length, 4);
    for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
  });

  it('gives nothing before a watermark, and then a match with its stages, key and times', () => {
    const { operator, matches } = operate([{ name: 'ab', pattern: AB }]);
    operator.process('k', 'b', 3);
    operator.process('k', 'a', 1);
    assert.deepEqual(matches, []);
    operator.advance(3);
    assert.deepEqual(matches, [
      {
        rule: 0,
        key: 'k',
        stages: [
          { stage: 'a', events: ['a'] },
          { stage: 'b', events: ['b'] },
        ],
        firstTimestamp: 1,
        lastTimestamp: 3,
        at: 3,
        deadline: undefined,
      },
    ]);
  });

  it('counts an event at the watermark as late, and gives it back', () => {
    const { operator, late } = operate([{ name: 'ab', pattern: AB }]);
    operator.advance(5);
    operator.process('k', 'at', 5);
    operator.process('k', 'after', 6);
    assert.deepEqual(late, ['at']);
    assert.equal(operator.counters.late, 1);
    assert.equal(operator.counters.processed, 2);
  });

  it('ignores a watermark that does not rise', () => {
    const { operator } = operate([{ name: 'ab', pattern: AB }]);
    operator.advance(5);
    operator.advance(4);
    assert.equal(operator.watermark, 5);
  });

  it('times out what is as old as the window, at first event plus window', () => {
    const { operator, timeouts, matches } = operate([{ name: 'ab', pattern: AB }]);
    operator.process('k', 'a', 1);
    operator.process('k', 'b', 11);
    operator.advance(11);
    assert.deepEqual(matches, []);
    assert.deepEqual(
      timeouts.map(({ at, stages }) => ({ at, stages })),
      [{ at: 11, stages: [{ stage: 'a', events: ['a'] }] }],
    );
  });

  it('makes up no timeouts for a rule that does not report them', () => {
    const { operator, timeouts } = operate([{ name: 'ab', pattern: AB, reportsTimeouts: false }]);
    operator.process('k', 'a', 1);
    operator.advance(Infinity);
    assert.deepEqual(timeouts, []);
  });

  it('tells the deadline of a match by absence, whenever the watermark comes', () => {
    for (const watermark of [11, 500, Infinity]) {
      const { operator, matches } = operate([{ name: 'absent', pattern: ABSENT }]);
      operator.process('k', 'a', 1);
      operator.advance(watermark);
      assert.deepEqual(
        matches.map(({ at, deadline }) => ({ at, deadline })),
        [{ at: watermark, deadline: 11 }],
      );
    }
  });

  it('does not let a rule see what its filter refuses, not even between strict neighbours', () => {
    const strict = Pattern.begin<string>('a').where(is('a')).next('b').where(is('b'));
    const notX: Condition<string> = { id: 'not x', eventOnly: true, test: (event) => event !== 'x' };
    const { operator, matches } = operate([
      { name: 'all', pattern: strict },
      { name: 'filtered', pattern: strict, filter: notX },
    ]);
    ['a', 'x', 'b'].forEach((event, index) => operator.process('k', event, index + 1));
    operator.advance(Infinity);
    assert.deepEqual(
      matches.map(({ rule }) => rule),
      [1],
    );
  });

  it('keeps keys apart', () => {
    const { operator, matches } = operate([{ name: 'ab', pattern: AB }]);
    operator.process('k', 'a', 1);
    operator.process('l', 'b', 2);
    operator.advance(Infinity);
    assert.deepEqual(matches, []);
  });

  it('tests an event-only condition once an event, however many rules and runs ask', () => {
    let tests = 0;
    const counted: Condition<string> = {
      id: 'counted',
      eventOnly: true,
      test: (event) => {
        tests++;
        return event === 'a';
      },
    };
    const rule = (): Pattern<string> =>
      Pattern.begin<string>('a').where(counted).followedBy('b').where(counted).oneOrMore();
    const { operator } = operate([
      { name: 'one', pattern: rule() },
      { name: 'two', pattern: rule() },
    ]);
    for (let time = 1; time <= 5; time++) operator.process('k', 'a', time);
    operator.advance(Infinity);
    assert.equal(tests, 5);
  });

  it('holds no state for a key without partial matches', () => {
    const { operator, store } = operate([{ name: 'ab', pattern: AB }]);
    operator.process('k', 'a', 1);
    operator.advance(1);
    assert.equal(store.size, 1);
    operator.process('k', 'b', 2);
    operator.process('l', 'x', 3);
    operator.advance(3);
    assert.equal(store.size, 0);
  });

  it('notices the end of a gap at once, or at the next event as Flink does', () => {
    const gap = Pattern.begin<string>('a')
      .where(is('a'))
      .followedBy('b')
      .where(is('b'))
      .within(5, 'PREVIOUS_AND_CURRENT');
    const ends = (gapTimeouts: 'prompt' | 'on-next-event'): number[] => {
      const { operator, timeouts } = operate([{ name: 'gap', pattern: gap }], { gapTimeouts });
      operator.process('k', 'a', 1);
      operator.advance(4);
      operator.advance(100);
      return timeouts.map(({ at }) => at);
    };
    assert.deepEqual(ends('prompt'), [6]);
    assert.deepEqual(ends('on-next-event'), []);
  });

  it('processes an event at once in processing time', () => {
    const { operator, matches } = operate([{ name: 'ab', pattern: AB }], { time: 'processing' });
    operator.process('k', 'a', 1);
    operator.process('k', 'b', 2);
    assert.equal(matches.length, 1);
  });

  it('fails when a skip strategy that may not miss does', () => {
    const strategy = skipToLast('b').throwExceptionOnMiss();
    const pattern = Pattern.begin<string>('a', strategy)
      .where(is('a'))
      .next('b')
      .where(is('b'))
      .optional()
      .next('c')
      .where(is('c'));
    const { operator, matches } = operate([{ name: 'skipping', pattern }]);
    operator.process('k', 'a', 1);
    operator.process('k', 'c', 2);
    assert.throws(() => operator.advance(Infinity), { code: 'skip-stage-missed' });
    assert.deepEqual(matches, []);
  });
});
