import assert from 'node:assert/strict';
import { handcoded } from '../../bench/handcoded.js';
import { tidegate } from '../../bench/tidegate.js';
import type { Prepared, Workload } from '../../bench/workload.js';

function answer(prepared: Prepared, count: number): { matches: number; checksum: number } {
  const pass = prepared.pass(count);
  pass.feed();
  pass.finish();
  return { matches: pass.tally.matches, checksum: pass.tally.checksum };
}

describe('the workloads of the benchmark', function () {
  this.timeout(60_000);
  const table: [Workload, number, number][] = [
    ['W2', 100_000, 360],
    ['W3', 100_000, 452],
    ['W4', 50_000, 28_766],
    ['W6', 10_000, 1684],
  ];
  for (const [workload, count, matches] of table) {
    it(`give ${matches} matches for ${workload} over ${count} events, by hand and by pattern`, () => {
      const byHand = answer(handcoded(workload, count), count);
      assert.equal(byHand.matches, matches);
      assert.deepEqual(answer(tidegate(workload, count), count), byHand);
    });
  }

  it('agree on a prefix of W1', () => {
    assert.deepEqual(answer(tidegate('W1', 20_000), 20_000), answer(handcoded('W1', 20_000), 20_000));
  });
});
