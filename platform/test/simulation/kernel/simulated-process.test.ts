import assert from 'node:assert/strict';
import { SimulatedGround } from '../simulated-ground.js';

describe('a simulated process', () => {
  it('loses with a crash what it had scheduled, and nothing of it comes into the next life', async () => {
    const ground = new SimulatedGround();
    const happened: string[] = [];
    const process = ground.process('a', () => happened.push(`boot ${process.incarnation}`));
    process.start();
    process.schedule(10, () => happened.push('due at 10'));
    process.schedule(30, () => happened.push('due at 30'));
    ground.kernel.schedule(20, () => process.crash());
    ground.kernel.schedule(25, () => process.start());
    await ground.run();
    assert.deepEqual(happened, ['boot 1', 'due at 10', 'boot 3']);
  });

  it('does after a pause what became due in it, in order', async () => {
    const ground = new SimulatedGround();
    const happened: string[] = [];
    const process = ground.started('a');
    process.schedule(10, () => happened.push(`first at ${ground.kernel.now}`));
    process.schedule(20, () => happened.push(`second at ${ground.kernel.now}`));
    process.schedule(60, () => happened.push(`third at ${ground.kernel.now}`));
    ground.kernel.schedule(5, () => process.pause());
    ground.kernel.schedule(50, () => process.resume());
    await ground.run();
    assert.deepEqual(happened, ['first at 50', 'second at 50', 'third at 60']);
  });

  it('can be killed between two effects of one step', async () => {
    const ground = new SimulatedGround();
    const happened: number[] = [];
    const process = ground.started('a');
    process.schedule(1, () => {
      process.crashAtPoint(2);
      for (let effect = 0; effect < 5; effect++) {
        happened.push(effect);
        process.point(`effect ${effect}`);
      }
    });
    await ground.run();
    assert.deepEqual(happened, [0, 1, 2]);
    assert.equal(process.state, 'down');
    assert.deepEqual(ground.errors, []);
  });

  it('tells its world of what its events throw', async () => {
    const ground = new SimulatedGround();
    const process = ground.started('a');
    const error = new Error('broken');
    process.schedule(1, () => {
      throw error;
    });
    await ground.run();
    assert.deepEqual(ground.errors, [error]);
  });

  it('refuses what its life does not allow', () => {
    assert.throws(() => new SimulatedGround().process('a').pause(), /process: down → paused is no legal transition/);
    assert.throws(() => new SimulatedGround().process('a').crash(), /process: down → down is no legal transition/);
  });
});
