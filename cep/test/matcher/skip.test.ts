import assert from 'node:assert/strict';
import {
  compile,
  noSkip,
  Pattern,
  PatternOperator,
  skipPastLastEvent,
  skipToFirst,
  skipToLast,
  skipToNext,
  type Condition,
  type SkipStrategy,
} from '../../src/index.js';

function starts(letter: string): Condition<string> {
  return { id: `starts with ${letter}`, eventOnly: true, test: (event) => event.startsWith(letter) };
}

/** `b+ c` over b1 b2 b3 c, with b greedy and consecutive and c right after it. */
function matches(skip: SkipStrategy, isRelaxed = false): string[] {
  const loop = Pattern.begin<string>('b', skip).where(starts('b')).oneOrMore();
  const pattern = isRelaxed ? loop.followedBy('c') : loop.consecutive().greedy().next('c');
  const found: string[] = [];
  const operator = new PatternOperator<string, string>(
    compile([{ name: 'rule', pattern: pattern.where(starts('c')) }]),
    {
      output: {
        match: ({ stages }) => found.push(stages.flatMap(({ events }) => events).join(' ')),
        timeout: () => {},
        late: () => {},
      },
    },
  );
  ['b1', 'b2', 'b3', 'c'].forEach((event, index) => operator.process('k', event, index + 1));
  operator.advance(Infinity);
  return found;
}

describe('a skip strategy', () => {
  const table: [string, SkipStrategy, string[]][] = [
    ['noSkip gives every match', noSkip(), ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    ['skipToNext gives one match for each first event', skipToNext(), ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    ['skipPastLastEvent gives one match', skipPastLastEvent(), ['b1 b2 b3 c']],
    ['skipToFirst discards what began before the first b', skipToFirst('b'), ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    ['skipToLast discards what began before the last b', skipToLast('b'), ['b1 b2 b3 c', 'b3 c']],
  ];
  for (const [name, skip, expected] of table) {
    it(name, () => {
      assert.deepEqual(matches(skip), expected);
    });
  }

  it('holds matches back while an older partial match lives, which noSkip does not', () => {
    assert.equal(matches(noSkip(), true).length, 6);
    assert.deepEqual(
      matches(skipToFirst('b'), true).filter((match) => !match.startsWith('b1')),
      [],
    );
  });
});
