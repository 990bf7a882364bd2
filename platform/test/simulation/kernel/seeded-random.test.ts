import assert from 'node:assert/strict';
import { SeededRandom } from '../../../src/simulation/kernel/seeded-random.js';

function draw(random: SeededRandom, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

describe('seeded dice', () => {
  it('give the same numbers for the same seed and others for another', () => {
    assert.deepEqual(draw(new SeededRandom(7), 20), draw(new SeededRandom(7), 20));
    assert.notDeepEqual(draw(new SeededRandom(7), 20), draw(new SeededRandom(8), 20));
  });

  it('fall evenly', () => {
    const random = new SeededRandom(0);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.integer(0, 9)]!++;
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, `${count} of 10,000`);
  });

  it('forked by a name do not depend on what their parent has drawn, and differ by name', () => {
    const parent = new SeededRandom(3);
    const before = draw(parent.fork('network'), 5);
    draw(parent, 100);
    assert.deepEqual(draw(parent.fork('network'), 5), before);
    assert.notDeepEqual(draw(parent.fork('disk'), 5), before);
  });

  it('stay within their bounds', () => {
    const random = new SeededRandom(11);
    for (let i = 0; i < 10_000; i++) {
      const integer = random.integer(-2, 2);
      assert.ok(Number.isInteger(integer) && integer >= -2 && integer <= 2);
      const next = random.next();
      assert.ok(next >= 0 && next < 1);
    }
  });
});
