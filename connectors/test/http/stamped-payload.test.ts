import assert from 'node:assert/strict';
import { readStamped, stamped } from '../../src/http/stamped-payload.js';

const NOTHING = { request: undefined, traceparent: undefined };

describe('a payload in the log of an ingress over HTTP', () => {
  const payloads = ['{"a":1}', { a: 1 }, 7, null, ['x']];

  it('has what is known of how it came, and is the payload otherwise', () => {
    for (const payload of payloads)
      for (const request of [undefined, 'r'])
        for (const traceparent of [undefined, 't'])
          assert.deepEqual(readStamped(stamped(payload, { request, traceparent })), { request, traceparent, payload });
    for (const payload of payloads) assert.equal(stamped(payload, NOTHING), payload);
  });

  it('is never taken for stamped by what it says itself', () => {
    const forged = { 'tidegate.request': 'of another', 'tidegate.payload': { a: 1 } };
    assert.deepEqual(readStamped(stamped(forged, NOTHING)), { ...NOTHING, payload: forged });
  });

  it('of a former version is read as it was written', () => {
    const former = { 'tidegate.request': 'r', 'tidegate.payload': '{"a":1}' };
    assert.deepEqual(readStamped(former), { request: 'r', traceparent: undefined, payload: '{"a":1}' });
  });
});
