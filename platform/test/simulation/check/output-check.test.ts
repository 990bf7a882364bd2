import assert from 'node:assert/strict';
import { expectOutput } from '../../../src/simulation/check/expected-output.js';
import { OutputCheck } from '../../../src/simulation/check/output-check.js';
import type { InputSplit } from '../../../src/simulation/workload/input-events.js';
import { writeOutputLine, type OutputLine } from '../../../src/simulation/workload/probe-record.js';

/**
 * Two events of one key; the third is late: its split's watermark is at 999. Functions refuse the parcel of the first one, as
 * its name says.
 */
const INPUT: InputSplit = {
  id: 's9',
  events: [
    { k: 'a', j: 'x', t: 100, laps: [], parcel: JSON.stringify({ id: 's9@0', route: ['b'], count: 0 }) },
    { k: 'a', j: 'x', t: 1000, laps: [] },
    { k: 'a', j: 'x', t: 500, laps: [], parcel: JSON.stringify({ id: 's9@2', route: ['c', 'a'], count: 2 }) },
  ],
};

const WHOLE: readonly OutputLine[] = [
  ['event', 'x', 1, 'a', 1, 's9@0'],
  ['late', 's9@2'],
  ['event', 'wa', 1, 'a', 0, 'window:a:149:1'],
  ['total-window', 'x', 399, 1],
  ['event', 'x', 2, 'a', 2, 's9@1'],
  ['total-window', 'wa', 399, 1],
  ['event', 'wa', 2, 'a', 0, 'window:a:1049:1'],
  ['total-window', 'x', 1199, 1],
  ['total-window', 'wa', 1199, 1],
  ['event', 'wa', 3, 'a', 0, 'final:a:2'],
  ['total-final', 'x', 2],
  ['total-final', 'wa', 3],
  ['letter', 's9@0'],
  ['call', 'a', 1, 's9@2'],
  ['call', 'c', 1, 's9@2~1'],
  ['call', 'a', 2, 's9@2~2'],
];

function violationsOf(output: readonly OutputLine[]): string[] {
  const found: string[] = [];
  const check = new OutputCheck(expectOutput([INPUT], 0, false), (property, message) =>
    found.push(`${property}: ${message}`),
  );
  const lines = output.map(writeOutputLine);
  for (let read = 0; read <= lines.length; read++) check.check(lines.slice(0, read));
  check.checkEnd();
  return found;
}

describe('the check of the output', () => {
  it('finds nothing wrong with what the input must give, and expects as many lines', () => {
    assert.deepEqual(violationsOf(WHOLE), []);
    assert.equal(expectOutput([INPUT], 0, false).lines, WHOLE.length);
  });

  for (const [index, line] of WHOLE.entries()) {
    it(`misses ${line.join(' ')}`, () => {
      assert.notDeepEqual(violationsOf(WHOLE.filter((_, i) => i !== index)), []);
    });

    it(`sees that ${line.join(' ')} came twice`, () => {
      assert.notDeepEqual(violationsOf([...WHOLE.slice(0, index + 1), line, ...WHOLE.slice(index + 1)]), []);
    });
  }

  it('sees two lines of one key in the wrong order', () => {
    const swapped = [...WHOLE];
    [swapped[0], swapped[4]] = [swapped[4]!, swapped[0]!];
    assert.match(violationsOf(swapped).join('\n'), /^order: |order: count 1 of x came behind 2/m);
  });
});
