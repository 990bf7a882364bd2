import assert from 'node:assert/strict';
import { arrivalLimits } from '../../src/http/arrival-limits.js';

describe('how long a request may take to arrive', () => {
  it('is 10 s for its head and a minute for all of it, looked at often enough that both are kept', () => {
    const limits = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 1_000 };
    assert.deepEqual(arrivalLimits(), limits);
    assert.deepEqual(arrivalLimits({ requestMs: 30_000 }), { ...limits, requestTimeout: 30_000 });
  });

  it('is never longer for the head than for all of it', () => {
    const { headersTimeout, connectionsCheckingInterval } = arrivalLimits({ requestMs: 50 });
    assert.deepEqual([headersTimeout, connectionsCheckingInterval], [50, 50]);
  });
});
