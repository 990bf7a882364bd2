import assert from 'node:assert/strict';
import { Broker, type BrokerAnswer, type BrokerRequest } from '../../../src/simulation/broker/broker.js';
import { SimulatedGround } from '../simulated-ground.js';

/** A broker and somebody who asks it one thing after the other. */
function conversation(seed = 1) {
  const ground = new SimulatedGround(seed);
  const broker = new Broker(ground.kernel, ground.random, ground.coverage);
  const process = ground.started('client');
  const ask = async (request: BrokerRequest): Promise<BrokerAnswer> => {
    let answer: BrokerAnswer | undefined;
    broker.request(process, request, (given) => (answer = given));
    await ground.kernel.run(() => answer !== undefined, { eventsMax: 1e5, timeMax: 1e9 });
    return answer!;
  };
  const initialise = async (id: string): Promise<number> => {
    for (;;) {
      const answer = await ask({ op: 'init-producer', id, timeoutMs: 500 });
      if (answer.ok) return answer.value;
      assert.equal(answer.code, 'concurrent-transactions');
    }
  };
  return { ground, broker, ask, initialise };
}

const OK = { ok: true, value: 0 };
const FENCED = { ok: false, code: 'invalid-producer-epoch' };

describe('the simulated broker', () => {
  it('shows the records of a transaction when it is committed, with the offset that was sent in it', async () => {
    const { ground, broker, ask, initialise } = conversation();
    const epoch = await initialise('t');
    assert.deepEqual(await ask({ op: 'produce', id: 't', epoch, records: ['a', 'b'] }), OK);
    assert.deepEqual(await ask({ op: 'send-offset', id: 't', epoch, group: 'g', offset: 7 }), OK);
    assert.deepEqual(broker.committed(), []);
    assert.deepEqual(await ask({ op: 'fetch-offset', group: 'g' }), { ok: true, value: -1 });
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch, commit: true }), OK);
    await ground.run();
    assert.deepEqual(broker.committed(), ['a', 'b']);
    assert.deepEqual(await ask({ op: 'fetch-offset', group: 'g' }), { ok: true, value: 7 });
  });

  it('fences an older producer, and what it had sent is never seen', async () => {
    const { ground, broker, ask, initialise } = conversation();
    const old = await initialise('t');
    await ask({ op: 'produce', id: 't', epoch: old, records: ['of the old'] });
    const epoch = await initialise('t');
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch: old, commit: true }), FENCED);
    await ask({ op: 'produce', id: 't', epoch, records: ['of the new'] });
    await ask({ op: 'end-transaction', id: 't', epoch, commit: true });
    await ground.run();
    assert.deepEqual(broker.committed(), ['of the new']);
  });

  it('aborts a transaction that is open too long', async () => {
    const { ground, broker, ask, initialise } = conversation();
    const epoch = await initialise('t');
    await ask({ op: 'produce', id: 't', epoch, records: ['a'] });
    assert.equal(broker.open().length, 1);
    await ground.run();
    assert.equal(broker.open().length, 0);
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch, commit: true }), FENCED);
    assert.deepEqual(broker.committed(), []);
  });

  it('shows nothing behind the first open transaction', async () => {
    const { ground, broker, ask, initialise } = conversation();
    const [first, second] = [await initialise('first'), await initialise('second')];
    await ask({ op: 'produce', id: 'first', epoch: first, records: ['1'] });
    await ask({ op: 'produce', id: 'second', epoch: second, records: ['2'] });
    await ask({ op: 'end-transaction', id: 'second', epoch: second, commit: true });
    await ground.run(ground.kernel.now + 100);
    assert.deepEqual(broker.committed(), []);
    await ask({ op: 'end-transaction', id: 'first', epoch: first, commit: true });
    await ground.run();
    assert.deepEqual(broker.committed(), ['1', '2']);
  });
});
