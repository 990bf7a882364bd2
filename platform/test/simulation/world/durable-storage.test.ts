import assert from 'node:assert/strict';
import type { StorageAnswer, StorageRequest } from '../../../src/common/storage.js';
import { DurableStorage } from '../../../src/simulation/world/durable-storage.js';
import { SimulatedGround } from '../simulated-ground.js';

function storageOf(seed = 1) {
  const ground = new SimulatedGround(seed);
  return { ground, storage: new DurableStorage(ground.kernel, ground.random) };
}

const create = (name: string, content: string): StorageRequest => ({ op: 'create', name, bytes: Buffer.from(content) });

describe('the simulated storage', () => {
  it('lets one of two creators of a name win and tells the other', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { ground, storage } = storageOf(seed);
      const answers: string[] = [];
      for (const name of ['a', 'b']) {
        storage.request(ground.started(name), create('x', name), (answer) =>
          answers.push(answer.ok ? name : answer.code),
        );
      }
      await ground.run();
      assert.equal(answers.filter((answer) => answer === 'exists').length, 1);
      const winner = answers.find((answer) => answer !== 'exists')!;
      assert.equal(Buffer.from(storage.read('x')!).toString(), winner);
    }
  });

  it('carries out what somebody asked who died since, and tells nobody', async () => {
    const { ground, storage } = storageOf();
    const process = ground.started('a');
    storage.request(process, create('x', ''), () => assert.fail('the asker is dead'));
    process.crash();
    await ground.run();
    assert.deepEqual(storage.names(''), ['x']);
  });

  it('refuses to create while it is full, and keeps what it has', async () => {
    const { ground, storage } = storageOf();
    const process = ground.started('a');
    const answers: StorageAnswer[] = [];
    storage.weather.full = true;
    storage.request(process, create('x', ''), (answer) => answers.push(answer));
    await ground.run();
    assert.ok(!answers[0]!.ok && answers[0]!.code === 'full');
    assert.deepEqual(storage.names(''), []);
  });

  it('leaves the outcome open after an error of the disk', async () => {
    const outcomes = new Set<boolean>();
    for (let seed = 0; seed < 30; seed++) {
      const { ground, storage } = storageOf(seed);
      storage.weather.ioErrors = 1;
      storage.request(ground.started('a'), create('x', ''), (answer) => assert.ok(!answer.ok && answer.code === 'io'));
      await ground.run();
      outcomes.add(storage.read('x') !== undefined);
    }
    assert.deepEqual([...outcomes].sort(), [false, true]);
  });
});
