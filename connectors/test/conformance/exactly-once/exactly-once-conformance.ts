/** What every exactly-once sink must do under random schedules of work and trouble. */
import fc from 'fast-check';
import { LANES, SinkWorld, type World } from './sink-world.js';
import type { Turn } from './life.js';

export interface ExactlyOnceSubject {
  /** A world of its own for each schedule. */
  create(): Promise<World & { remove(): Promise<void> }>;
  /** At which the sink may run. */
  readonly parallelisms: readonly number[];
  readonly runs: number;
}

interface Step {
  run(world: SinkWorld): Promise<void>;
  /** So that a failing schedule can be read. */
  [fc.toStringMethod](): string;
}

const turn = fc.constantFrom<Turn>('before', 'half', 'after', 'stop', 'fail');

function named(name: string, run: Step['run']): Step {
  return { run, [fc.toStringMethod]: () => name };
}

function steps(parallelisms: readonly number[]): fc.Arbitrary<Step> {
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.nat(LANES - 1), fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 10, 10, 100_000))
        .map(([lane, records, bytes]) =>
          named(`write ${records} of ${bytes} bytes to lane ${lane}`, (world) => world.write(lane, records, bytes)),
        ),
    },
    { weight: 6, arbitrary: fc.constant(named('complete a checkpoint', (world) => world.checkpoint(true))) },
    { weight: 2, arbitrary: fc.constant(named('give up a checkpoint', (world) => world.checkpoint(false))) },
    {
      weight: 5,
      arbitrary: fc
        .boolean()
        .map((again) => named(again ? 'commit all again' : 'commit', (world) => world.commit(again))),
    },
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.nat(30), turn)
        .map(([operations, kind]) =>
          named(`after ${operations} operations: ${kind}`, async (world) => world.arm(operations, kind)),
        ),
    },
    { weight: 1, arbitrary: fc.constant(named('die', (world) => world.die())) },
    { weight: 2, arbitrary: fc.constant(named('the stopped go on', (world) => world.goOn())) },
    { weight: 1, arbitrary: fc.nat(2).map((back) => named(`rewind ${back}`, (world) => world.rewind(back))) },
    { weight: 1, arbitrary: fc.nat().map((seed) => named(`lose power ${seed}`, (world) => world.losePower(seed))) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...parallelisms)
        .map((parallelism) => named(`run at ${parallelism}`, (world) => world.rescale(parallelism))),
    },
  );
}

export function itIsExactlyOnce(name: string, subject: ExactlyOnceSubject): void {
  describe(`the exactly-once sink ${name}`, function () {
    this.timeout(120_000);

    it('shows the records of completed checkpoints, each once and in order, whatever happens and however often', async () => {
      const schedule = fc.array(steps(subject.parallelisms), { minLength: 5, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...subject.parallelisms), schedule, async (parallelism, chosen) => {
          const world = await subject.create();
          const sink = new SinkWorld(world, parallelism);
          try {
            for (const step of chosen) await step.run(sink);
            await sink.finish();
            // Another run of the job begins with nothing.
            await sink.startFresh();
            await sink.die();
          } finally {
            await world.remove();
          }
        }),
        { numRuns: subject.runs },
      );
    });
  });
}
