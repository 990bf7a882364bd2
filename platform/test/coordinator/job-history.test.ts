/**
 * Random histories: whatever happens to leaders, workers, messages and the storage, the same things hold. The histories are
 * the same in every run; HISTORIES=1000 makes as many, and new ones.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHECKPOINT_TRANSITIONS } from '../../src/checkpoint/checkpoint-states.js';
import { JOB_TRANSITIONS } from '../../src/coordinator/job-states.js';
import type { JobOptions } from '../../src/coordinator/job-options.js';
import { EXECUTION_TRANSITIONS } from '../../src/scheduling/execution-states.js';
import { CALM, ControlWorld, seededRandom, type Leader } from './control-world.js';
import { beside, pipeline } from './job-graphs.js';

const OPTIONS: Omit<JobOptions, 'leader'> = {
  name: 'job',
  graph: beside(pipeline('a', 2), pipeline('b', 1)),
  settings: {
    maxParallelism: 8,
    checkpoint: {
      ...{ interval: 60, mode: 'exactly-once', timeout: 300, retain: 2, minPause: 0, tolerableFailures: 2 },
    },
    restart: { strategy: 'fixed-delay', attempts: 10_000, delay: 10 },
  },
  start: { from: 'latest' },
  mustExist: false,
  allowNonRestoredState: false,
  plan: Buffer.from('the plan'),
  heartbeatTimeout: 150,
};

const histories = process.env['HISTORIES'];
const RUNS = histories === undefined ? { numRuns: 30, seed: 1 } : { numRuns: Number(histories) };

/** What must hold between what leaders say, in the order in which they say it. */
class Safety {
  readonly #heard = new Map<Leader, number>();
  /** By epoch: the greatest number that was told to be complete, and what each epoch's attempts began from. */
  readonly #completed = new Map<number, number>();
  readonly #begun = new Map<number, number>();
  readonly #triggered = new Map<Leader, number>();
  readonly #epochs = new Map<Leader, number>();
  completions = 0;

  constructor(private readonly world: ControlWorld) {}

  check(): void {
    for (const leader of this.world.leaders) {
      for (const notice of leader.notices.slice(this.#heard.get(leader) ?? 0)) {
        if (notice.kind === 'attempt') this.#began(leader, notice.epoch, notice.checkpoint ?? 0);
        if (notice.kind === 'checkpoint-triggered') this.#wasTriggered(leader, notice.barrier.checkpoint);
        if (notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed') {
          this.#wasCompleted(this.#epochs.get(leader)!, notice.statistics.checkpoint);
        }
      }
      this.#heard.set(leader, leader.notices.length);
    }
    for (const name of this.world.neededFiles()) {
      assert.ok(this.world.files.has(name), `${name}, which a retained checkpoint needs, is there`);
    }
  }

  #began(leader: Leader, epoch: number, from: number): void {
    const taken = [...this.#epochs].some(([other, its]) => other !== leader && its === epoch);
    assert.ok(!taken, `epoch ${epoch} has one leader`);
    this.#epochs.set(leader, epoch);
    this.#begun.set(epoch, from);
    for (const [other, checkpoint] of this.#completed) {
      const what = `an attempt of epoch ${epoch} begins from ${from}, and epoch ${other} completed ${checkpoint}`;
      assert.ok(other > epoch || checkpoint <= from, what);
    }
  }

  #wasTriggered(leader: Leader, checkpoint: number): void {
    assert.ok(checkpoint > (this.#triggered.get(leader) ?? 0), 'numbers rise');
    this.#triggered.set(leader, checkpoint);
  }

  #wasCompleted(epoch: number, checkpoint: number): void {
    this.completions++;
    this.#completed.set(epoch, Math.max(checkpoint, this.#completed.get(epoch) ?? 0));
    for (const [other, from] of this.#begun) {
      const what = `epoch ${epoch} completes ${checkpoint}, and epoch ${other} has begun from ${from}`;
      assert.ok(other <= epoch || checkpoint <= from, what);
    }
  }
}

function newestLeader(world: ControlWorld): Leader | undefined {
  return world.leaders.findLast(({ isUp, isPaused, master }) => isUp && !isPaused && !master.isTerminal);
}

/** One thing that goes wrong, or right again. */
function disturb(world: ControlWorld): void {
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(world.random() * of.length)];
  const leader = newestLeader(world);
  const workers = world.taskManagers.filter(({ isUp }) => isUp);
  const faults: (() => void)[] = [
    () => world.failTask(),
    () => {
      const worker = pick(workers);
      if (worker !== undefined) worker.isUp = false;
    },
    () => void (workers.length < 4 && world.start(2)),
    () => {
      if (leader !== undefined) leader.isUp = false;
      world.lead();
    },
    () => {
      if (leader !== undefined) leader.isPaused = true;
      world.lead();
    },
    () => {
      const zombie = pick(world.leaders.filter(({ isPaused }) => isPaused));
      if (zombie !== undefined) zombie.isPaused = false;
    },
    // Two leaders, each with workers of its own, and neither knows of the other.
    () => {
      if (leader === undefined) return;
      for (const worker of workers) worker.reaches = leader;
      const other = world.lead();
      for (let i = 0; i < 2; i++) world.start(2).reaches = other;
    },
    () => Object.assign(world.weather, { loss: 0.2, duplication: 0.2, silence: 0.05 }),
    () => Object.assign(world.weather, { ioErrors: 0.3 }),
    () => Object.assign(world.weather, { full: 0.5 }),
    () => Object.assign(world.weather, CALM),
    () => {
      if (leader !== undefined) world.tell(leader, { kind: 'savepoint', request: 's' });
    },
  ];
  pick(faults)!();
}

describe('the history of a job', () => {
  const taken = new Set<string>();
  let completions = 0;

  it('is safe under any faults, and comes to a good end when they stop', function () {
    this.timeout(600_000);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 3, max: 25 }), (seed, faults) => {
        const world = new ControlWorld(seededRandom(seed), OPTIONS);
        const safety = new Safety(world);
        world.watchers.push(() => safety.check());
        try {
          for (let i = 0; i < 2; i++) world.start(2);
          world.lead();
          for (let i = 0; i < faults; i++) {
            world.run(world.random() * 200);
            disturb(world);
          }
          Object.assign(world.weather, CALM);
          for (const leader of world.leaders) leader.isPaused = false;
          for (const worker of world.taskManagers) worker.reaches = undefined;
          world.start(2);
          world.run(2_000);
          world.exhaust();
          if (newestLeader(world) === undefined) world.lead();
          const done = () =>
            newestLeader(world) === undefined && world.leaders.every((l) => !l.isUp || l.master.isDone);
          assert.ok(world.run(30_000, done), 'it ends');
          assert.ok(
            world.leaders.some(({ master }) => master.state === 'finished'),
            'it finishes',
          );
          assert.ok(!world.leaders.some(({ master }) => master.state === 'failed'), 'no leader gives it up');
          world.run(5_000);
          safety.check();
          assert.deepEqual(world.stateFiles(), [], 'no state is left');
          assert.deepEqual(
            world.log().map(({ kind }) => kind),
            ['finished'],
          );
        } catch (error) {
          throw new Error(world.trace.slice(-120).join('\n'), { cause: error });
        }
        for (const transition of world.visits.taken) taken.add(transition);
        completions += safety.completions;
      }),
      { ...RUNS },
    );
  });

  it('ends as it is told to, whatever it is doing', function () {
    this.timeout(60_000);
    const ends = fc.constantFrom('cancel', 'suspend', 'fatal');
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), ends, ends, (seed, ms, first, second) => {
        const world = new ControlWorld(seededRandom(seed), { ...OPTIONS, mustExist: seed % 50 === 0 });
        world.weather.hidden = seed % 5 === 0 ? 0.5 : 0;
        world.start(2);
        world.start(2);
        const leader = world.lead();
        world.run(ms / 2);
        if (seed % 3 === 0) world.failTask();
        world.run(seed % 3 === 0 ? ms / 10 : ms / 2);
        for (const end of [first, second]) {
          if (end === 'fatal') world.failTask({ code: 'TG401', message: 'a bad record', retriable: false });
          else world.tell(leader, { kind: end });
          world.run(world.random() * 15);
        }
        // Where no task was there to fail.
        if (!leader.master.isTerminal) world.tell(leader, { kind: 'cancel' });
        assert.ok(
          world.run(5_000, () => leader.master.isDone),
          world.trace.slice(-60).join('\n'),
        );
        const { state, failure } = leader.master.result;
        assert.ok(state !== 'finished');
        assert.equal(failure !== undefined, state === 'failed' || (state === 'suspended' && failure !== undefined));
        for (const transition of world.visits.taken) taken.add(transition);
      }),
      { ...RUNS, numRuns: 400 },
    );
  });

  it('takes every transition that is legal', () => {
    const tables: Record<string, Record<string, readonly string[]>> = {
      job: JOB_TRANSITIONS,
      execution: EXECUTION_TRANSITIONS,
      checkpoint: CHECKPOINT_TRANSITIONS,
    };
    const legal = Object.entries(tables).flatMap(([name, table]) =>
      Object.entries(table).flatMap(([from, targets]) => targets.map((to) => `${name}: ${from} → ${to}`)),
    );
    assert.deepEqual(
      legal.filter((transition) => !taken.has(transition)),
      [],
    );
  });
});
