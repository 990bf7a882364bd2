import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compact, TimeOrigin } from '../../src/matcher/time-origin.js';

const timestamp = fc.integer({ min: -8_640_000_000_000_000 / 2, max: 8_640_000_000_000_000 / 2 });

describe('the origin of times', () => {
  it('gives every timestamp back as it was', () => {
    fc.assert(
      fc.property(fc.array(timestamp, { minLength: 1 }), (timestamps) => {
        const origin = new TimeOrigin();
        const offsets = timestamps.map((time) => origin.offset(time));
        assert.equal(offsets[0], 0);
        assert.deepEqual(
          offsets.map((offset) => origin.timestamp(offset)),
          timestamps,
        );
      }),
    );
  });

  it('is not moved by infinite times, which are as far from any origin', () => {
    const origin = new TimeOrigin();
    assert.equal(origin.offset(-Infinity), -Infinity);
    assert.equal(origin.offset(1_700_000_000_000), 0);
    assert.equal(origin.offset(Infinity), Infinity);
    assert.equal(origin.timestamp(Infinity), Infinity);
  });
});

describe('a compact number', () => {
  it('is the same number', () => {
    for (const number of [0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 0.5, Infinity]) {
      assert.equal(compact(number), number);
    }
  });
});
