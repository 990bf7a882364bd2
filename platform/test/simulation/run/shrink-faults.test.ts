import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fault } from '../../../src/simulation/faults/fault.js';
import { shrinkFaults } from '../../../src/simulation/run/shrink-faults.js';

const faultAt = (at: number): Fault => ({ kind: 'broker-down', at, ms: 1 });

describe('shrinking the faults of a failing world', () => {
  it('leaves what is needed to fail and nothing else, whatever that is', async () => {
    const worlds = fc
      .integer({ min: 1, max: 10 })
      .chain((count) =>
        fc.record({ count: fc.constant(count), needed: fc.subarray(Array.from({ length: count }, (_, i) => i)) }),
      );
    await fc.assert(
      fc.asyncProperty(worlds, async ({ count, needed }) => {
        const faults = Array.from({ length: count }, (_, i) => faultAt(i));
        const fails = (some: readonly Fault[]): Promise<boolean> =>
          Promise.resolve(needed.every((i) => some.includes(faults[i]!)));
        const shrunk = await shrinkFaults(faults, fails, 1000);
        assert.deepEqual(
          shrunk.map(({ at }) => at),
          needed,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('stops after as many runs as it may take', async () => {
    let runs = 0;
    const faults = Array.from({ length: 64 }, (_, i) => faultAt(i));
    const fails = (): Promise<boolean> => {
      runs++;
      return Promise.resolve(false);
    };
    assert.equal(await shrinkFaults(faults, fails, 10), faults);
    assert.equal(runs, 10);
  });
});
