import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyGroupRange } from '../../src/job/key-groups.js';
import { subtaskOf } from '../../src/record/key.js';

describe('key group ranges', () => {
  it('give each key group to the subtask that its records are sent to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (a, b) => {
        const [parallelism, maxParallelism] = a < b ? [a, b] : [b, a];
        for (let subtask = 0; subtask < parallelism; subtask++) {
          const { first, last } = keyGroupRange(subtask, maxParallelism, parallelism);
          assert.ok(first <= last);
          for (let group = first; group <= last; group++)
            assert.equal(subtaskOf(group, maxParallelism, parallelism), subtask);
        }
        assert.equal(keyGroupRange(0, maxParallelism, parallelism).first, 0);
        assert.equal(keyGroupRange(parallelism - 1, maxParallelism, parallelism).last, maxParallelism - 1);
      }),
    );
  });
});
