import assert from 'node:assert/strict';
import fc from 'fast-check';
import { registeredJob } from '../../../src/coordinator/dispatcher/registry-entry.js';
import { DispatcherWorld } from './dispatcher-world.js';

const END = { state: 'finished', restarts: 0, endedAt: 9 } as const;

/** With a job `x` that runs at 2 on the worker `a`, which has so many slots. */
function running(slots: number): DispatcherWorld {
  const world = new DispatcherWorld();
  world.tell({ kind: 'worker', worker: 'a', slots });
  world.submit('x');
  world.tell({ kind: 'started', job: 'x', slots: 2 }).take();
  return world;
}

function rescaleOf(world: DispatcherWorld): unknown {
  const { state, parallelism, wanted, reason } = world.dispatcher.job('x')!.rescale;
  return [state, parallelism, wanted, ...(reason === undefined ? [] : [reason])];
}

describe('a job on its way to another parallelism', () => {
  it('is stopped with a checkpoint, gives its slots for others, and begins anew', () => {
    const world = running(6);
    assert.deepEqual(world.answers.get(world.rescale('x', 5)), { kind: 'accepted' });
    assert.deepEqual([rescaleOf(world), world.take()], [['saving', 2, 5], ['hand-over x']]);
    world.tell({ kind: 'handed-over', job: 'x' });
    assert.deepEqual(world.take(), ['release 1: 2 of a for x', 'start x at 5 again']);
    assert.deepEqual(rescaleOf(world), ['starting', 5, 5]);
    world.tell({ kind: 'started', job: 'x', slots: 5 });
    assert.deepEqual([rescaleOf(world), world.take()], [['steady', 5, 5], ['assign 2: 5 of a for x']]);
    assert.equal(world.state('x'), 'running');
    const kinds = world.registry.get('x')!.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['submitted', 'rescale', 'rescaled']);
    world.rescale('x', 3);
    world.tell({ kind: 'released', assignment: 1 });
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'started', job: 'x', slots: 3 });
    world.tell({ kind: 'released', assignment: 2 });
    assert.deepEqual(world.dispatcher.workers(), [{ worker: 'a', slots: 6, assigned: [{ job: 'x', slots: 3 }] }]);
  });

  it('runs on as it is until there are slots enough, and says how many are missing', () => {
    const world = running(3);
    world.rescale('x', 5);
    assert.deepEqual(rescaleOf(world), ['waiting', 2, 5, '3 slots are missing, as 1 is free']);
    assert.deepEqual([world.state('x'), world.take()], ['running', []]);
    world.tell({ kind: 'worker', worker: 'b', slots: 1 });
    assert.deepEqual(rescaleOf(world), ['waiting', 2, 5, '3 slots are missing, as 2 are free']);
    world.tell({ kind: 'worker', worker: 'c', slots: 1 });
    assert.deepEqual(world.take(), ['hand-over x']);
  });

  it('keeps its slots from others while nothing of it runs', () => {
    const world = running(5);
    world.rescale('x', 5);
    world.submit('y');
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'started', job: 'y', slots: 1 });
    world.tell({ kind: 'released', assignment: 1 });
    world.tell({ kind: 'started', job: 'x', slots: 5 });
    assert.deepEqual([world.state('x'), world.state('y')], ['running', 'waiting-for-slots']);
  });

  it('goes on as it was where others have taken the slots before it was stopped, and waits again', () => {
    const world = running(5);
    world.rescale('x', 5);
    world.submit('y');
    world.tell({ kind: 'started', job: 'y', slots: 1 }).take();
    world.tell({ kind: 'handed-over', job: 'x' });
    assert.deepEqual(world.take(), ['release 1: 2 of a for x', 'start x at 2 again']);
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    world.tell({ kind: 'released', assignment: 1 });
    assert.deepEqual(rescaleOf(world), ['waiting', 2, 5, '3 slots are missing, as 2 are free']);
    assert.equal(registeredJob(world.registry.get('x')!)?.parallelism, undefined);
  });

  it('gets others for the slots of a worker that is lost before it has begun anew', () => {
    const world = running(3);
    world.tell({ kind: 'worker', worker: 'b', slots: 2 });
    world.rescale('x', 5);
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'worker-lost', worker: 'b' }).take();
    world.tell({ kind: 'started', job: 'x', slots: 5 });
    assert.deepEqual(world.take(), [
      'assign 2: 3 of a for x',
      'x is waiting-for-slots: 2 slots are missing, as none is free',
    ]);
    world.tell({ kind: 'worker', worker: 'c', slots: 2 });
    assert.deepEqual(world.take(), ['assign 4: 2 of c for x', 'x is running']);
  });

  it('shrinks to the slots that are left after a worker is lost', () => {
    const world = new DispatcherWorld();
    for (const worker of ['a', 'b']) world.tell({ kind: 'worker', worker, slots: 1 });
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    world.tell({ kind: 'worker-lost', worker: 'b' }).take();
    world.rescale('x', 1);
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'started', job: 'x', slots: 1 });
    assert.equal(world.state('x'), 'running');
  });

  it('is tried again when it could not be stopped, and says why', () => {
    const world = running(5);
    world.rescale('x', 5);
    world.tell({ kind: 'kept', job: 'x', reason: 'the checkpoint expired' });
    assert.deepEqual(rescaleOf(world), ['waiting', 2, 5, 'the checkpoint expired']);
    world.tell({ kind: 'reminded', job: 'x' });
    assert.deepEqual(world.take(), ['hand-over x', 'remind x', 'hand-over x']);
  });

  it('F95: is stopped with a checkpoint when its worker is about to go, and goes on elsewhere; then that one may go', () => {
    const world = running(2);
    world.tell({ kind: 'worker', worker: 'b', slots: 3 });
    world.tell({ kind: 'worker-leaving', worker: 'a' });
    assert.deepEqual(world.take(), ['hand-over x']);
    world.tell({ kind: 'handed-over', job: 'x' });
    assert.deepEqual(world.take(), ['release 1: 2 of a for x', 'start x at 2 again']);
    world.tell({ kind: 'released', assignment: 1 });
    assert.deepEqual(world.take(), ['dismiss a']);
    world.tell({ kind: 'worker-lost', worker: 'a' });
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    assert.deepEqual([world.take(), rescaleOf(world)], [['assign 2: 2 of b for x'], ['steady', 2, 2]]);
    assert.equal(registeredJob(world.registry.get('x')!)?.wanted, undefined);
  });

  it('F95: is stopped with a checkpoint when its worker is about to go, and waits where there are no other slots', () => {
    const world = running(2);
    world.tell({ kind: 'worker-leaving', worker: 'a' });
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'released', assignment: 1 });
    assert.deepEqual(world.take(), ['hand-over x', 'release 1: 2 of a for x', 'start x at 2 again', 'dismiss a']);
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    assert.deepEqual(world.take().slice(0, 1), ['x is waiting-for-slots: 2 slots are missing, as none is free']);
    world.tell({ kind: 'worker', worker: 'b', slots: 2 });
    assert.deepEqual(world.take().slice(0, 2), ['assign 2: 2 of b for x', 'x is running']);
  });

  it('lets a worker go at once that has nothing, and gives it nothing from then on', () => {
    const world = new DispatcherWorld();
    world.tell({ kind: 'worker', worker: 'a', slots: 2 });
    world.tell({ kind: 'worker-leaving', worker: 'a' });
    assert.deepEqual(world.take(), ['dismiss a']);
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 1 });
    assert.equal(world.state('x'), 'waiting-for-slots');
  });

  it('is given up when the parallelism of now is asked for', () => {
    const world = running(2);
    world.rescale('x', 5);
    assert.deepEqual(world.answers.get(world.rescale('x', 2)), { kind: 'accepted' });
    world.tell({ kind: 'worker', worker: 'b', slots: 9 });
    assert.deepEqual([rescaleOf(world), world.take()], [['steady', 2, 2], []]);
  });

  it('comes to what is wanted last, also when that is asked while it begins anew', () => {
    const world = running(9);
    world.rescale('x', 5);
    world.tell({ kind: 'handed-over', job: 'x' });
    world.rescale('x', 3);
    world.tell({ kind: 'started', job: 'x', slots: 5 });
    assert.deepEqual(rescaleOf(world), ['saving', 5, 3]);
    world.tell({ kind: 'handed-over', job: 'x' });
    world.tell({ kind: 'started', job: 'x', slots: 3 });
    assert.deepEqual(rescaleOf(world), ['steady', 3, 3]);
  });

  it('answers what was asked once more, and asks nothing of a job that ends', () => {
    const world = running(3);
    const asked = (parallelism: number) => world.answers.get(world.rescale('x', parallelism))?.kind;
    assert.deepEqual([asked(2), asked(5), asked(5)], ['known', 'accepted', 'known']);
    assert.equal(world.answers.get(world.rescale('nobody', 5))?.kind, 'unknown-job');
    world.cancel('x');
    assert.deepEqual(world.answers.get(world.rescale('x', 7)), { kind: 'conflict', message: 'the job is cancelled' });
    world.tell({ kind: 'ended', job: 'x', end: END });
    assert.deepEqual(world.answers.get(world.rescale('x', 7)), { kind: 'conflict', message: 'the job is cancelled' });
  });

  it('answers nobody before the wish is durable, and forgets none that came after it', () => {
    const world = running(3);
    world.isHeld = true;
    const requests = [world.rescale('x', 5), world.rescale('x', 5), world.rescale('x', 2)];
    assert.deepEqual(
      requests.map((request) => world.answers.get(request)),
      [undefined, undefined, undefined],
    );
    for (const request of requests) {
      world.record('x');
      assert.equal(world.answers.get(request)?.kind, 'accepted');
    }
    assert.deepEqual(rescaleOf(world), ['steady', 2, 2]);
  });

  it('is canceled when that is asked while nothing of it runs', () => {
    const world = running(5);
    world.rescale('x', 5);
    world.tell({ kind: 'handed-over', job: 'x' });
    world.cancel('x');
    world.take();
    world.tell({ kind: 'started', job: 'x', slots: 5 });
    assert.ok(world.take().includes('cancel x'));
  });

  it('ends where its input ends before it was stopped', () => {
    const world = running(5);
    world.rescale('x', 5);
    world.tell({ kind: 'ended', job: 'x', end: END }).take();
    world.tell({ kind: 'kept', job: 'x', reason: 'the job is ending already' });
    world.tell({ kind: 'reminded', job: 'x' });
    assert.deepEqual([world.state('x'), world.take()], ['finished', ['remind x']]);
  });

  const taken: readonly (readonly [step: string, until: (world: DispatcherWorld) => void, at: number | undefined])[] = [
    ['it waits for slots', () => undefined, undefined],
    ['it is stopped', (world) => world.tell({ kind: 'worker', worker: 'b', slots: 9 }), undefined],
    [
      'it was stopped, and the other parallelism is not noted yet',
      (world) => {
        world.tell({ kind: 'worker', worker: 'b', slots: 9 });
        world.isHeld = true;
        world.tell({ kind: 'handed-over', job: 'x' });
      },
      undefined,
    ],
    [
      'it begins anew',
      (world) => world.tell({ kind: 'worker', worker: 'b', slots: 9 }).tell({ kind: 'handed-over', job: 'x' }),
      5,
    ],
  ];
  for (const [step, until, parallelism] of taken) {
    it(`F60: is taken up ${parallelism === undefined ? 'as it was' : 'at the other parallelism'}, and comes to it, by the next coordinator when one is killed while ${step}`, () => {
      const world = running(2);
      world.rescale('x', 5);
      until(world);
      const next = new DispatcherWorld();
      next.tell({ kind: 'worker', worker: 'c', slots: 5 });
      next.tell({ kind: 'recovered', jobs: [registeredJob(world.registry.get('x')!)!] });
      assert.deepEqual(next.take(), [parallelism === undefined ? 'start x again' : `start x at ${parallelism} again`]);
      next.tell({ kind: 'started', job: 'x', slots: parallelism ?? 2 });
      if (parallelism === undefined) {
        next.tell({ kind: 'handed-over', job: 'x' });
        next.tell({ kind: 'started', job: 'x', slots: 5 });
      }
      assert.deepEqual(rescaleOf(next), ['steady', 5, 5]);
    });
  }

  it('never uses a slot twice nor runs without slots enough, and comes to what was wanted last, in whatever order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('rescale' as const), to: fc.integer({ min: 1, max: 6 }) }),
      fc.record({
        do: fc.constantFrom('worker', 'worker-leaving', 'worker-lost'),
        worker: fc.constantFrom('a', 'b', 'c'),
      }),
      fc.record({ do: fc.constantFrom('handed-over', 'kept', 'started', 'reminded', 'released', 'record', 'hold') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const shell = new Shell();
        for (const one of steps) shell.do(one);
        shell.settle();
        assert.deepEqual(rescaleOf(shell.world), ['steady', shell.wanted, shell.wanted]);
        assert.equal(shell.world.state('x'), 'running');
        assert.equal(registeredJob(shell.world.registry.get('x')!)?.wanted ?? 2, shell.wanted);
      }),
      { numRuns: 300 },
    );
  });
});

type Step =
  | { readonly do: 'rescale'; readonly to: number }
  | { readonly do: string; readonly worker: string }
  | { readonly do: string };

/** What is around the Dispatcher, as far as one job `x` concerns it: it answers what it was asked, and nothing else. */
class Shell {
  readonly world = new DispatcherWorld();
  wanted = 2;
  #parallelism = 2;
  /** Of what the Dispatcher has asked: not answered yet. */
  readonly #open = new Set<string>();
  readonly #workers = new Map<string, { readonly name: string; readonly slots: number }>();
  /** Assignments that are in use, or were to be given back. */
  readonly #used = new Map<number, { readonly worker: string; readonly slots: number; isReleasing: boolean }>();
  #workersEver = 0;

  constructor() {
    this.world.submit('x');
    this.#look();
  }

  do(step: Step): void {
    if (step.do === 'rescale' && 'to' in step) {
      this.world.rescale('x', step.to);
      this.wanted = step.to;
    } else if ('worker' in step) this.#worker(step.do, step.worker);
    else this.#answer(step.do);
    this.#look();
  }

  /** Everything is answered, and there is room for everybody. */
  settle(): void {
    this.do({ do: 'record' });
    this.world.isHeld = false;
    for (const worker of ['a', 'b', 'c']) for (const kind of ['worker-lost', 'worker']) this.do({ do: kind, worker });
    for (let turn = 0; turn < 12; turn++)
      for (const kind of ['record', 'released', 'started', 'reminded', 'handed-over']) this.do({ do: kind });
  }

  #worker(kind: string, place: string): void {
    const there = this.#workers.get(place);
    if (kind === 'worker' && there === undefined) {
      const worker = { name: `${place}${this.#workersEver++}`, slots: 4 };
      this.#workers.set(place, worker);
      this.world.tell({ kind: 'worker', worker: worker.name, slots: worker.slots });
    } else if (kind === 'worker-leaving' && there !== undefined) {
      this.world.tell({ kind: 'worker-leaving', worker: there.name });
    } else if (kind === 'worker-lost' && there !== undefined) {
      this.#workers.delete(place);
      for (const [id, { worker }] of this.#used) if (worker === there.name) this.#used.delete(id);
      this.world.tell({ kind: 'worker-lost', worker: there.name });
    }
  }

  #answer(kind: string): void {
    if (kind === 'hold') this.world.isHeld = !this.world.isHeld;
    else if (kind === 'record') this.world.record('x');
    else if (kind === 'released') {
      for (const [id, { isReleasing }] of [...this.#used])
        if (isReleasing && this.#used.delete(id)) this.world.tell({ kind: 'released', assignment: id });
    } else if (kind === 'started' && this.#open.delete('start'))
      this.world.tell({ kind: 'started', job: 'x', slots: this.#parallelism });
    else if (kind === 'reminded' && this.#open.delete('remind')) this.world.tell({ kind: 'reminded', job: 'x' });
    else if (kind === 'handed-over' && this.#open.delete('hand-over'))
      this.world.tell({ kind: 'handed-over', job: 'x' });
    else if (kind === 'kept' && this.#open.delete('hand-over'))
      this.world.tell({ kind: 'kept', job: 'x', reason: 'a checkpoint expired' });
  }

  #look(): void {
    for (const text of this.world.take()) {
      const [kind = '', ...words] = text.split(' ');
      const [, id, slots, worker] = /^\w+ (\d+): (\d+) of (\w+) for x/.exec(text) ?? [];
      if (kind === 'start') {
        assert.ok(!this.#open.has('start') && !this.#open.has('hand-over'), 'one run at a time');
        this.#parallelism = words[1] === 'at' ? Number(words[2]) : 2;
        this.#open.add('start');
      } else if (kind === 'hand-over' || kind === 'remind') this.#open.add(kind);
      else if (kind === 'assign') {
        assert.ok(!this.#open.has('start'), 'slots are used by what has begun');
        this.#used.set(Number(id), { worker: worker!, slots: Number(slots), isReleasing: false });
      } else if (kind === 'release') {
        const used = this.#used.get(Number(id));
        if (used !== undefined) used.isReleasing = true;
      }
    }
    for (const { name, slots } of this.#workers.values()) {
      const used = [...this.#used.values()].filter(({ worker, isReleasing }) => worker === name && !isReleasing);
      assert.ok(used.reduce((sum, one) => sum + one.slots, 0) <= slots, `${name} has slots enough`);
    }
    if (this.world.state('x') !== 'running' || this.#open.has('start')) return;
    const used = [...this.#used.values()].filter(({ isReleasing }) => !isReleasing);
    const isBetween = this.world.dispatcher.job('x')!.rescale.state === 'starting';
    if (!isBetween) assert.ok(used.reduce((sum, one) => sum + one.slots, 0) >= this.#parallelism, 'it runs whole');
  }
}
