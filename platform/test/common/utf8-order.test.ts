import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byUtf8 } from '../../src/common/utf8-order.js';

describe('the order of texts in UTF-8', () => {
  it('is that of their bytes, also where characters take two units of UTF-16', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '𐀀'),
      maxLength: 4,
    });
    fc.assert(
      fc.property(text, text, (left, right) => {
        assert.equal(Math.sign(byUtf8(left, right)), Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});
