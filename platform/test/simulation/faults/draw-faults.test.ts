import assert from 'node:assert/strict';
import { describeFault, type FaultKind } from '../../../src/simulation/faults/fault.js';
import { drawFaults } from '../../../src/simulation/faults/draw-faults.js';
import { SeededRandom } from '../../../src/simulation/kernel/seeded-random.js';

const OPTIONS = {
  coordinators: ['jm-0', 'jm-1'],
  workers: ['tm-0', 'tm-1'],
  from: 50,
  to: 900,
  min: 3,
  max: 8,
  jumpMsMax: 10_000,
};

describe('the faults of a seed', () => {
  it('are the same for the same seed, as many as asked for, in their time and in order', () => {
    for (let seed = 0; seed < 50; seed++) {
      const faults = drawFaults(new SeededRandom(seed), OPTIONS);
      assert.deepEqual(drawFaults(new SeededRandom(seed), OPTIONS), faults);
      assert.ok(faults.length >= 3 && faults.length <= 8);
      faults.forEach(({ at }, i) => assert.ok(at >= 50 && at <= 900 && at >= (faults[i - 1]?.at ?? 0)));
    }
  });

  it('are of every kind, and each can be said in a line', () => {
    const kinds = new Set<FaultKind>();
    for (let seed = 0; seed < 200; seed++) {
      for (const fault of drawFaults(new SeededRandom(seed), OPTIONS)) {
        kinds.add(fault.kind);
        assert.match(describeFault(fault), /^[\d.]+ ms: \S.*, for [\d.]+ ms$/);
      }
    }
    assert.equal(kinds.size, 17);
  });
});
