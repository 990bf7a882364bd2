import assert from 'node:assert/strict';
import { JobAddresses } from '../../../../src/cli/functions/addresses/job-addresses.js';
import type { AddressAnswer } from '../../../../src/job/address-question.js';

describe('the addresses of a job', () => {
  it('show a state that nests too deep for whoever writes it as JSON by its bytes', async () => {
    for (const [levels, isShown] of [
      [500, true],
      [20_000, false],
    ] as const) {
      const json = `${'['.repeat(levels)}${']'.repeat(levels)}`;
      const states = [{ name: 'a', type: 'shop/A', value: { bytes: json.length, json } }];
      const address = { id: 'i', status: 'idle', waiting: 0, waitingBytes: 0, failures: 0, states } as const;
      const answer: AddressAnswer = { kind: 'address', address };
      const addresses = new JobAddresses({ sources: [] }, () => Promise.resolve(answer));
      const { value, base64 } = await addresses.readState('shop/cart', 'i', 'a');
      assert.equal(value !== undefined, isShown);
      assert.equal(base64, isShown ? undefined : Buffer.from(json).toString('base64'));
      assert.ok(JSON.stringify(await addresses.read('shop/cart', 'i')).length > levels);
    }
  });
});
