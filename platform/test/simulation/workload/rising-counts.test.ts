import assert from 'node:assert/strict';
import { RisingCounts, type LastCounts } from '../../../src/simulation/workload/rising-counts.js';

describe('rising counts', () => {
  it('keep the last number of each sender with the state of a key', () => {
    const kept: LastCounts = [];
    const counts = new RisingCounts('count', 'exactly-once');
    for (const [sender, count] of [
      ['a', 1],
      ['b', 7],
      ['a', 2],
      ['b', 9],
    ] as const)
      counts.next('k', kept, sender, count);
    assert.deepEqual(kept, ['a', 2, 'b', 9]);
  });

  it('see a number that does not rise, of a restored key too', () => {
    const counts = new RisingCounts('count', 'exactly-once');
    assert.throws(() => counts.next('k', ['a', 2], 'a', 2), /count 2 of a came to k behind 2/);
  });

  it('of a job that may count twice rise within an attempt', () => {
    const kept: LastCounts = ['a', 2];
    const counts = new RisingCounts('count', 'at-least-once');
    counts.next('k', kept, 'a', 1);
    assert.throws(() => counts.next('k', kept, 'a', 1), /behind 1/);
    assert.deepEqual(kept, ['a', 2]);
  });
});
