import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareKeys } from '../../src/wire/key-order.js';

describe('the order of keys', () => {
  it('is that of their bytes in UTF-8', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '😁', '𐀀'), maxLength: 4 }),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        assert.equal(Math.sign(compareKeys(one, other)), Buffer.compare(Buffer.from(one), Buffer.from(other)));
      }),
      { numRuns: 2000 },
    );
  });
});
