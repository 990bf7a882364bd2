/** What every exactly-once sink must do under random schedules of work and trouble. */
import fc from 'fast-check';
import { LANES, SinkWorld, type World } from './sink-world.js';
import type { Turn } from './life.js';

export interface ExactlyOnceSubject {
  /** A world of its own for each schedule. */
  create(): Promise<World & { remove(): Promise<void> }>;
  /** At which the sink may run. */
  readonly parallelisms: readonly number[];
  /** Random schedules. */
  readonly runs: number;
  /** Whether operations are cheap enough to try trouble at each of them. */
  readonly isCheap: boolean;
}

interface Step {
  run(world: SinkWorld): Promise<void>;
  /** So that a failing schedule can be read. */
  [fc.toStringMethod](): string;
}

const TURNS: readonly Turn[] = ['before', 'half', 'after', 'stop', 'fail'];
const turn = fc.constantFrom(...TURNS, 'meet' as const);

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

/** Work of which each operation in turn meets trouble: `trouble` is called where the first of them would be. */
const PLACES: Readonly<Record<string, (world: SinkWorld, trouble: () => void) => Promise<void>>> = {
  'a checkpoint': async (world, trouble) => {
    await write(world);
    trouble();
    await world.checkpoint(true);
    await world.commit(false);
  },
  'a commit': async (world, trouble) => {
    await commitNew(world);
    await write(world);
    await world.checkpoint(true);
    trouble();
    await world.commit(false);
    await commitNew(world);
  },
  'a commit from which the job then goes back': async (world, trouble) => {
    await commitNew(world);
    await write(world);
    await world.checkpoint(true);
    trouble();
    await world.commit(false);
    await world.rewind(1);
    await commitNew(world);
  },
  'a recovery': async (world, trouble) => {
    await commitNew(world);
    await write(world);
    await world.checkpoint(true);
    await world.die();
    trouble();
    await commitNew(world);
    await commitNew(world);
  },
  'a recovery that goes back': async (world, trouble) => {
    await commitNew(world);
    await commitNew(world);
    trouble();
    await world.rewind(1);
    await commitNew(world);
    await commitNew(world);
  },
  'a start from the beginning': async (world, trouble) => {
    await commitNew(world);
    trouble();
    await world.startFresh();
    await commitNew(world);
    await commitNew(world);
  },
};

async function write(world: SinkWorld): Promise<void> {
  for (let lane = 0; lane < LANES; lane++) await world.write(lane, 2, 10);
}

async function commitNew(world: SinkWorld): Promise<void> {
  await write(world);
  await world.checkpoint(true);
  await world.commit(false);
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

    for (const [place, work] of Object.entries(subject.isCheap ? PLACES : {})) {
      it(`comes through trouble at any operation of ${place}`, async () => {
        for (const kind of TURNS) {
          for (let operations = 0, met = true; met; operations++) {
            const world = await subject.create();
            const sink = new SinkWorld(world, subject.parallelisms.at(-1) ?? 1);
            await work(sink, () => sink.arm(operations, kind));
            met = sink.hasMetTurn;
            // What was stopped goes on when later attempts have done their work.
            await sink.finish();
            await world.remove();
          }
        }
      });
    }

    const whereCheap = subject.isCheap ? it : () => undefined;
    whereCheap('comes through a commit that stops at any operation and goes on at any of a recovery', async () => {
      const run = async (stopAt: number, goOnAt: number): Promise<readonly [stopped: boolean, wentOn: boolean]> => {
        const world = await subject.create();
        const sink = new SinkWorld(world, subject.parallelisms[0] ?? 1);
        await commitNew(sink);
        await write(sink);
        await sink.checkpoint(true);
        sink.arm(stopAt, 'stop');
        await sink.commit(false);
        const stopped = sink.hasMetTurn;
        sink.arm(goOnAt, 'meet');
        await sink.rewind(1);
        const wentOn = sink.hasMetTurn;
        await sink.finish();
        await world.remove();
        return [stopped, wentOn];
      };
      for (let stopAt = 0, stopped = true; stopped; stopAt++) {
        for (let goOnAt = 0, wentOn = true; wentOn; goOnAt++) [stopped, wentOn] = await run(stopAt, goOnAt);
      }
    });
  });
}
