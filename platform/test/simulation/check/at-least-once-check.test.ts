import assert from 'node:assert/strict';
import { AtLeastOnceCheck } from '../../../src/simulation/check/at-least-once-check.js';
import { expectOutput } from '../../../src/simulation/check/expected-output.js';
import { writeOutputLine, type OutputLine } from '../../../src/simulation/workload/probe-record.js';

/** Of two events of one key, the second comes back once, to another key. */
const INPUT = {
  id: 's',
  events: [
    { k: 'a', j: 'x', t: 100, laps: [] },
    { k: 'a', j: 'x', t: 120, laps: ['b'] },
  ],
};

const WHOLE: readonly OutputLine[] = [
  ['event', 'x', 1, 'a', 1, 's@0'],
  ['event', 'x', 2, 'a', 2, 's@1'],
  ['event', 'x', 3, 'b', 1, 's@1~1'],
  ['event', 'wa', 1, 'a', 0, 'window:a:149:2'],
  ['total-window', 'x', 399, 2],
  ['total-window', 'wa', 399, 1],
  ['event', 'wa', 2, 'a', 0, 'final:a:2'],
  ['event', 'wb', 1, 'b', 0, 'final:b:1'],
  ['total-final', 'x', 3],
  ['total-final', 'wa', 2],
  ['total-final', 'wb', 1],
];

function violationsOf(output: readonly OutputLine[]): string[] {
  const found: string[] = [];
  const check = new AtLeastOnceCheck(expectOutput([INPUT], 60, false), (property, message) =>
    found.push(`${property}: ${message}`),
  );
  check.check(output.map(writeOutputLine));
  check.checkEnd();
  return found;
}

describe('the check of an output in which nothing may be lost', () => {
  it('takes what must be there', () => {
    assert.deepEqual(violationsOf(WHOLE), []);
  });

  it('takes everything twice, and windows that are closed again for what is read again', () => {
    assert.deepEqual(violationsOf([...WHOLE, ...WHOLE]), []);
    const parts: OutputLine[] = [
      ['event', 'wa', 1, 'a', 0, 'window:a:149:1'],
      ['event', 'wa', 2, 'a', 0, 'window:a:149:1'],
    ];
    assert.deepEqual(violationsOf([...WHOLE.filter((line) => line[5] !== 'window:a:149:2'), ...parts]), []);
  });

  for (const missing of WHOLE) {
    it(`misses ${missing.join(' ')}`, () => {
      assert.equal(violationsOf(WHOLE.filter((line) => line !== missing)).length, 1);
    });
  }

  const surplus: OutputLine[] = [
    ['event', 'x', 4, 'a', 3, 's@2'],
    ['event', 'x', 4, 'b', 3, 's@0'],
    ['event', 'wa', 2, 'a', 0, 'window:a:299:1'],
    ['total-window', 'x', 799, 1],
    ['late', 's@0'],
  ];
  for (const line of surplus) {
    it(`does not expect ${line.join(' ')}`, () => {
      assert.equal(violationsOf([...WHOLE, line]).length, 1);
    });
  }

  it('finds a window that comes to less than what is in it', () => {
    const less = WHOLE.map((line) =>
      line[0] === 'total-window' && line[1] === 'x' ? ([...line.slice(0, 3), 1] as never) : line,
    );
    assert.deepEqual(violationsOf(less), ['at-least-once: total-window x:399 comes to 1 instead of 2']);
  });
});
