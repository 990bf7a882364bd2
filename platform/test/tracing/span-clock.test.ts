import assert from 'node:assert/strict';
import { SpanClock } from '../../src/tracing/span-clock.js';

describe('a clock of spans', () => {
  /** What it says at each look: the machine's clock, and the monotonic one. */
  const said = (...looks: readonly (readonly [now: number, monotonic: number])[]): number[] => {
    let look = 0;
    const clock = new SpanClock({ now: () => looks[look]![0], monotonic: () => looks[look]![1] });
    return looks.map((_, i) => ((look = i), clock.now()));
  };

  it('has the fractions that the machine’s clock cuts off, and comes as near as that tells', () => {
    assert.deepEqual(said([1000, 1.25], [1000, 1.5], [1001, 1.75], [1001, 2]), [1000, 1000.25, 1001, 1001.25]);
  });

  it('does not go back when fractions are cut off', () => {
    assert.deepEqual(said([1001, 0], [1001, 0.9], [1001, 0.95]), [1001, 1001.9, 1001.95]);
  });

  it('follows the machine’s clock when that is set', () => {
    assert.deepEqual(said([1000, 0], [5000, 1], [200, 2]), [1000, 5000, 200]);
  });
});
