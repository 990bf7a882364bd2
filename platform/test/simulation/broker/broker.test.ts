import assert from 'node:assert/strict';
import { Broker } from '../../../src/simulation/broker/broker.js';
import type { BrokerAnswer, BrokerRequest } from '../../../src/simulation/broker/broker-request.js';
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
      if (answer.ok) return answer.value!;
      assert.equal(answer.code, 'CONCURRENT_TRANSACTIONS');
    }
  };
  const produce = async (id: string, epoch: number, records: readonly string[], sequence = 0) => {
    const added = await ask({ op: 'add-partitions', id, epoch, partitions: ['topic/0'] });
    return added.ok ? ask({ op: 'produce', id, epoch, partition: 'topic/0', sequence, records }) : added;
  };
  const markers = async (group: string): Promise<Record<string, number>> => {
    const answer = await ask({ op: 'fetch-offsets', group });
    assert.ok(answer.ok);
    return Object.fromEntries(answer.offsets!);
  };
  return { ground, broker, ask, initialise, produce, markers };
}

const OK = { ok: true };
const failed = (code: string) => ({ ok: false, code });
const FENCED = failed('INVALID_PRODUCER_EPOCH');

describe('the simulated broker', () => {
  it('shows the records of a transaction when it is committed, with the offset that was sent in it', async () => {
    const { ground, broker, ask, initialise, produce, markers } = conversation();
    const epoch = await initialise('t');
    assert.deepEqual(await produce('t', epoch, ['a', 'b']), OK);
    assert.deepEqual(await ask({ op: 'add-offsets', id: 't', epoch, group: 'g' }), OK);
    assert.deepEqual(await ask({ op: 'commit-offset', id: 't', epoch, group: 'g', topic: 'topic', offset: 7 }), OK);
    assert.deepEqual(broker.committed(), []);
    assert.deepEqual(await markers('g'), {});
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch, commit: true }), OK);
    await ground.run();
    assert.deepEqual(broker.committed(), ['a', 'b']);
    assert.deepEqual(await markers('g'), { topic: 7 });
  });

  it('gives the old offset while the end of a transaction is decided and not yet everywhere', async () => {
    const { ask, initialise, markers } = conversation();
    const epoch = await initialise('t');
    await ask({ op: 'add-offsets', id: 't', epoch, group: 'g' });
    await ask({ op: 'commit-offset', id: 't', epoch, group: 'g', topic: 'topic', offset: 7 });
    await ask({ op: 'end-transaction', id: 't', epoch, commit: true });
    const seen = [await markers('g')];
    assert.deepEqual(
      await ask({ op: 'add-offsets', id: 't', epoch, group: 'g' }),
      seen[0]!['topic'] === undefined ? failed('CONCURRENT_TRANSACTIONS') : OK,
    );
    await initialise('t');
    assert.deepEqual(await markers('g'), { topic: 7 });
  });

  it('fences an older producer, and what it had sent is never seen', async () => {
    const { ground, broker, ask, initialise, produce } = conversation();
    const old = await initialise('t');
    await produce('t', old, ['of the old']);
    const epoch = await initialise('t');
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch: old, commit: true }), FENCED);
    const late = await ask({
      ...{ op: 'produce', id: 't', epoch: old, partition: 'topic/0' },
      ...{ sequence: 1, records: ['late'] },
    });
    assert.deepEqual(late, FENCED);
    await produce('t', epoch, ['of the new']);
    await ask({ op: 'end-transaction', id: 't', epoch, commit: true });
    await ground.run();
    assert.deepEqual(broker.committed(), ['of the new']);
  });

  it('takes a batch that comes again for done, and none out of turn', async () => {
    const { ground, broker, ask, initialise, produce } = conversation();
    const epoch = await initialise('t');
    assert.deepEqual(await produce('t', epoch, ['a', 'b']), OK);
    assert.deepEqual(await produce('t', epoch, ['a', 'b']), OK);
    assert.deepEqual(await produce('t', epoch, ['d'], 3), failed('OUT_OF_ORDER_SEQUENCE_NUMBER'));
    assert.deepEqual(await produce('t', epoch, ['c'], 2), OK);
    await ask({ op: 'end-transaction', id: 't', epoch, commit: true });
    await ground.run();
    assert.deepEqual(broker.committed(), ['a', 'b', 'c']);
  });

  it('aborts a transaction that is open too long', async () => {
    const { ground, broker, ask, initialise, produce } = conversation();
    const epoch = await initialise('t');
    await produce('t', epoch, ['a']);
    assert.equal(broker.open().length, 1);
    await ground.run();
    assert.equal(broker.open().length, 0);
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch, commit: true }), FENCED);
    assert.deepEqual(broker.committed(), []);
  });

  it('shows nothing behind the first open transaction', async () => {
    const { ground, broker, ask, initialise, produce } = conversation();
    const [first, second] = [await initialise('first'), await initialise('second')];
    await produce('first', first, ['1']);
    await produce('second', second, ['2']);
    await ask({ op: 'end-transaction', id: 'second', epoch: second, commit: true });
    await ground.run(ground.kernel.now + 100);
    assert.deepEqual(broker.committed(), []);
    await ask({ op: 'end-transaction', id: 'first', epoch: first, commit: true });
    await ground.run();
    assert.deepEqual(broker.committed(), ['1', '2']);
  });

  it('takes records and nothing else while its coordinator moves', async () => {
    const { broker, ask, initialise, produce } = conversation();
    const epoch = await initialise('t');
    await produce('t', epoch, ['a']);
    broker.weather.moving = true;
    const records = await ask({ op: 'produce', id: 't', epoch, partition: 'topic/0', sequence: 1, records: ['b'] });
    assert.deepEqual(records, OK);
    assert.deepEqual(
      await ask({ op: 'end-transaction', id: 't', epoch, commit: true }),
      failed('GROUP_LOAD_IN_PROGRESS'),
    );
    broker.weather.moving = false;
    assert.deepEqual(await ask({ op: 'end-transaction', id: 't', epoch, commit: true }), OK);
  });
});
