import assert from 'node:assert/strict';
import type { Kernel } from '../../../src/simulation/kernel/kernel.js';
import { SimulatedGround } from '../simulated-ground.js';

const LONG_AGO = Promise.resolve();

describe('the kernel', () => {
  it('runs events by their times and leaves out what was cancelled', async () => {
    const { kernel, ...ground } = new SimulatedGround();
    const happened: string[] = [];
    kernel.schedule(5, () => happened.push(`b at ${kernel.now}`));
    kernel.schedule(1, () => {
      happened.push(`a at ${kernel.now}`);
      kernel.schedule(1, () => happened.push(`c at ${kernel.now}`));
    });
    kernel.schedule(3, () => happened.push('cancelled'))();
    assert.equal(await kernel.run(() => false, { eventsMax: 100, timeMax: 100 }), 'nothing-to-do');
    assert.deepEqual(happened, ['a at 1', 'c at 2', 'b at 5']);
    assert.equal(ground.trace.lines().length, 0);
  });

  it('lets every continuation run before the next event', async () => {
    const { kernel } = new SimulatedGround();
    const happened: string[] = [];
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await Promise.resolve();
      happened.push('continued');
    };
    kernel.schedule(1, () => void chain());
    kernel.schedule(1, () => happened.push('next event'));
    await kernel.run(() => false, { eventsMax: 100, timeMax: 100 });
    assert.deepEqual(happened, ['continued', 'next event']);
  });

  const continued: [what: string, begin: (kernel: Kernel, went: () => void) => void][] = [
    [
      'that waits for what an event settles',
      (kernel, went) => {
        const settled = new Promise<void>((resolve) => void kernel.schedule(2, resolve));
        void settled.then(went);
      },
    ],
    ['of what has settled long ago', (kernel, went) => void kernel.schedule(2, () => void LONG_AGO.then(went))],
  ];
  for (const [what, begin] of continued) {
    it(`lets a continuation ${what} run before the next event`, async () => {
      const { kernel } = new SimulatedGround();
      const happened: string[] = [];
      begin(kernel, () => happened.push('continued'));
      kernel.schedule(2, () => happened.push('next event'));
      await kernel.run(() => false, { eventsMax: 100, timeMax: 100 });
      assert.deepEqual(happened, ['continued', 'next event']);
    });
  }

  const endless: [limit: string, limits: { eventsMax: number; timeMax: number }, stop: string][] = [
    ['of events', { eventsMax: 50, timeMax: 1e6 }, 'too-many-events'],
    ['of time', { eventsMax: 1e6, timeMax: 50 }, 'too-late'],
  ];
  for (const [limit, limits, stop] of endless) {
    it(`stops an endless world at its limit ${limit}`, async () => {
      const { kernel } = new SimulatedGround();
      const again = (): void => void kernel.schedule(1, again);
      again();
      assert.equal(await kernel.run(() => false, limits), stop);
      assert.ok(kernel.events <= limits.eventsMax && kernel.now <= limits.timeMax);
    });
  }
});
