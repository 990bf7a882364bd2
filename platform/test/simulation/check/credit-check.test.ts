import assert from 'node:assert/strict';
import { CreditInputChannel } from '../../../src/network/credit/credit-input.js';
import { CreditOutputChannel } from '../../../src/network/credit/credit-output.js';
import { CreditPool } from '../../../src/network/credit/credit-pool.js';
import { ElementCodec } from '../../../src/network/element-codec.js';
import { CreditCheck } from '../../../src/simulation/check/credit-check.js';

/** A channel that is busy, in a world in which packets take no time. */
function busy(pool: CreditPool) {
  const found: string[] = [];
  const check = new CreditCheck('a task', pool, (property, message) => found.push(`${property}: ${message}`));
  const codec = new ElementCodec({});
  const input = new CreditInputChannel(
    codec,
    {
      send: (packet) => {
        check.check();
        output.receive(packet);
      },
    },
    1,
    1000,
    pool,
  );
  const output = new CreditOutputChannel(codec.writer(), { send: (packet) => input.receive(packet) }, 1, 1000);
  check.watch(input);
  for (let i = 0; i < 50; i++) {
    while (output.hasCredit()) output.push({ kind: 'idle' });
    for (let polled = input.poll(); polled !== undefined && i % 3 > 0; polled = input.poll());
  }
  return { check, found };
}

describe('the check of credit', () => {
  it('finds nothing wrong with a busy channel', () => {
    const { check, found } = busy(new CreditPool(4));
    check.check();
    assert.deepEqual(found, []);
  });

  it('finds a credit that is in the pool and lent', () => {
    const pool = new CreditPool(4);
    const { check, found } = busy(pool);
    pool.give(1);
    check.check();
    assert.match(found[0] ?? '', /^credit-bounds: a task: \d credits are borrowed and \d left of 4$/);
  });

  it('finds a credit that is lost', () => {
    const pool = new CreditPool(4);
    pool.take(1, () => undefined);
    const { found } = busy(pool);
    assert.match(found[0] ?? '', /^credit-bounds: a task: \d credits are borrowed and \d left of 4$/);
  });
});
