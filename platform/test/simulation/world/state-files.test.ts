import assert from 'node:assert/strict';
import { DurableStorage } from '../../../src/simulation/world/durable-storage.js';
import { StateFiles, type WriteOutcome } from '../../../src/simulation/world/state-files.js';
import { SimulatedGround } from '../simulated-ground.js';

const CONTENT = Buffer.from('the content of a file');

function filesOf(seed: number) {
  const ground = new SimulatedGround(seed);
  const storage = new DurableStorage(ground.kernel, ground.random);
  const files = new StateFiles(ground.kernel, ground.random, storage);
  return { ground, storage, files, process: ground.started('a') };
}

describe('simulated files of state', () => {
  it('are whole after their writer died, once they were said to be durable', async () => {
    const { ground, files, process } = filesOf(1);
    let outcome: WriteOutcome | undefined;
    files.write(process, 'x', CONTENT, (result) => (outcome = result));
    await ground.run();
    process.crash();
    assert.ok(outcome !== undefined && 'file' in outcome);
    assert.deepEqual(files.read(outcome.file), CONTENT);
  });

  it('are lost or torn when their writer dies before, and never whole', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const { ground, storage, files, process } = filesOf(seed);
      files.write(process, 'x', CONTENT, () => assert.fail('the writer is dead'));
      process.crash();
      await ground.run();
      const whole = { name: 'x', bytes: CONTENT.length, crc32: 0 };
      assert.equal(files.read(whole), undefined);
      seen.add(storage.names('').length === 0 ? 'lost' : 'torn');
    }
    assert.deepEqual([...seen].sort(), ['lost', 'torn']);
  });

  it('are not durable on a full disk, which says so', async () => {
    const { ground, files, storage, process } = filesOf(1);
    let outcome: WriteOutcome | undefined;
    storage.weather.full = true;
    files.write(process, 'x', CONTENT, (result) => (outcome = result));
    await ground.run();
    assert.deepEqual(outcome, { error: 'no space left on device' });
  });
});
