import assert from 'node:assert/strict';
import { stressRing } from '../../../bench/ring/stress.js';

describe('a ring between two threads', () => {
  for (const seed of [1, 2, 3]) {
    it(`brings every record over once and in order, and shows what barriers overtake (seed ${seed})`, async function () {
      this.timeout(60_000);
      const { records, barriers, captured } = await stressRing(3000, seed);
      assert.equal(records, 3000);
      assert.ok(barriers > 10 && captured > barriers / 4, `${captured} of ${barriers} barriers were looked at`);
    });
  }
});
