/** What every backend of keyed state must do. Run by each backend's own test with its fixture. */
import fc from 'fast-check';
import { anyAction } from './actions.js';
import type { BackendFixture } from './fixture.js';
import { World, type Command } from './world.js';

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 40, arbitrary: anyAction.map((action): Command => ({ command: 'act', action })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Command>({ command: 'drain' }, { command: 'prefetch' }, { command: 'check' }),
  },
  { weight: 1, arbitrary: fc.nat(80).map((ms): Command => ({ command: 'sleep', ms })) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('checkpoint' as const, 'savepoint' as const)
      .map((type): Command => ({ command: 'snapshot', type })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Command>({ command: 'persist' }, { command: 'abort' }, { command: 'restart' }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())
      .map(([parallelism, isTold]): Command => ({ command: 'complete', parallelism, isTold })),
  },
);

export function keyedStoreConformance(fixture: BackendFixture, runs: { readonly numRuns: number }): void {
  describe(`keyed state on ${fixture.name}`, () => {
    afterEach(() => fixture.cleanUp());

    it('does what the model does, whatever operators, checkpoints, restores and crashes do', async function () {
      // On a busy disk each of the many restores waits.
      this.timeout(120_000);
      const commands = fc.array(anyCommand, { minLength: 1, maxLength: 80, size: 'max' });
      await fc.assert(
        fc.asyncProperty(commands, async (script) => {
          const world = await World.open(fixture);
          try {
            for (const command of script) await world.run(command);
            await world.run({ command: 'check' });
            await world.run({ command: 'snapshot', type: 'checkpoint' });
            await world.run({ command: 'complete', parallelism: 2, isTold: true });
          } finally {
            await world.close();
          }
        }),
        runs,
      );
    });
  });
}
