import assert from 'node:assert/strict';
import { expectAlerts } from '../../../src/simulation/check/expected-alerts.js';
import type { InputSplit } from '../../../src/simulation/workload/input-events.js';

/** Of one key, as `SPLIT TIMES`. */
function splits(...texts: readonly string[]): InputSplit[] {
  return texts.map((text) => {
    const [id = '', ...times] = text.split(' ');
    return { id, events: times.map((t) => ({ k: 'a', j: 'x', t: Number(t), laps: [] })) };
  });
}

const none = (): boolean => false;

describe('the alerts that a simulated job must give', () => {
  const cases: [what: string, input: InputSplit[], alerts: number][] = [
    ['one event that nothing follows', splits('s 100'), 1],
    ['two in a row, and the second is the last', splits('s 100 150'), 2],
    ['two with silence between them', splits('s 100 200'), 3],
    ['two that are too far apart to be a pair', splits('s 100 300'), 2],
    ['three: two pairs, a triple, and silence', splits('s 100 150 200'), 4],
    ['six: five pairs, two triples, and silence', splits('s 10 20 30 40 50 60'), 8],
  ];
  for (const [what, input, alerts] of cases) {
    it(`${what}: ${alerts}`, () => assert.equal(expectAlerts(input, none).size, alerts));
  }

  it('do not depend on how the splits are listed, and hold nothing late', () => {
    const both = ['r 100 160 220', 's 100 130 400'];
    assert.deepEqual(
      [...expectAlerts(splits(...both), none)].sort(),
      [...expectAlerts(splits(...both.reverse()), none)].sort(),
    );
    const withoutLate = expectAlerts(splits('s 100 150 120'), (event) => event === 's@2');
    assert.deepEqual(withoutLate, expectAlerts(splits('s 100 150'), none));
  });
});
