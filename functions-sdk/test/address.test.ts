import assert from 'node:assert/strict';
import { formatFunctionType, parseFunctionType } from '../src/address.js';

describe('a function’s type', () => {
  it('is a namespace and a name with one slash between', () => {
    assert.deepEqual(parseFunctionType('fraud/profile'), { namespace: 'fraud', name: 'profile' });
    assert.equal(formatFunctionType(parseFunctionType('a.b/c-d')), 'a.b/c-d');
  });

  for (const text of ['profile', '/profile', 'fraud/', 'a/b/c', '', '/']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseFunctionType(text), RangeError);
    });
  }
});
