import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DispatcherAnswer } from '../../../src/coordinator/dispatcher/dispatcher-events.js';
import { registeredJob } from '../../../src/coordinator/dispatcher/registry-entry.js';
import { DispatcherWorld as World } from './dispatcher-world.js';
import { submissionOf } from './submissions.js';

const END = { state: 'finished', restarts: 0, endedAt: 9 } as const;
const FAILURE = { code: 'TG424', message: 'the disk is away', retriable: true } as const;

describe('the Dispatcher', () => {
  it('brings a job from its submission to its end', () => {
    const world = new World();
    const request = world.submit('x');
    assert.deepEqual(world.answers.get(request), { kind: 'accepted' });
    assert.deepEqual(world.take(), ['start x']);
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    assert.deepEqual(world.take(), ['x is waiting-for-slots: 2 slots are missing, as none is free']);
    world.tell({ kind: 'worker', worker: 'a', slots: 2 });
    assert.deepEqual(world.take(), ['assign 1: 2 of a for x', 'x is running']);
    world.tell({ kind: 'ended', job: 'x', end: END });
    assert.deepEqual(world.take(), ['x is finished', 'release 1: 2 of a for x']);
    assert.deepEqual(
      world.registry.get('x')?.map(({ kind }) => kind),
      ['submitted', 'ended'],
    );
  });

  it('answers nobody, and starts nothing, before the registry holds it', () => {
    const world = new World();
    world.isHeld = true;
    const submitted = world.submit('x');
    assert.deepEqual([world.answers.get(submitted), world.take()], [undefined, []]);
    world.record('x');
    assert.deepEqual([world.answers.get(submitted), world.take()], [{ kind: 'accepted' }, ['start x']]);
    world.tell({ kind: 'started', job: 'x', slots: 1 }).take();
    const cancelled = world.cancel('x');
    assert.deepEqual([world.answers.get(cancelled), world.take()], [undefined, []]);
    world.record('x');
    assert.deepEqual([world.answers.get(cancelled), world.take()], [{ kind: 'accepted' }, ['cancel x']]);
    world.tell({ kind: 'ended', job: 'x', end: { ...END, state: 'cancelled' } });
    assert.equal(world.state('x'), 'waiting-for-slots');
    world.record('x');
    assert.equal(world.state('x'), 'cancelled');
  });

  const resubmissions: readonly (readonly [
    situation: string,
    prepare: (world: World) => void,
    hash: string,
    again: boolean,
    answer: DispatcherAnswer['kind'],
  ])[] = [
    ['the same, while it runs', () => undefined, 'hash', false, 'known'],
    ['the same, to begin again, while it runs', () => undefined, 'hash', true, 'known'],
    ['another, while it runs', () => undefined, 'other', true, 'conflict'],
    [
      'the same, when it has ended',
      (world) => world.tell({ kind: 'ended', job: 'x', end: END }),
      'hash',
      false,
      'known',
    ],
    [
      'the same, to begin again, when it has ended',
      (world) => world.tell({ kind: 'ended', job: 'x', end: END }),
      'hash',
      true,
      'accepted',
    ],
    [
      'another, when it has ended',
      (world) => world.tell({ kind: 'ended', job: 'x', end: END }),
      'other',
      false,
      'accepted',
    ],
    [
      'another, when it is suspended',
      (world) => world.tell({ kind: 'suspended', job: 'x', reason: 'gone' }),
      'other',
      false,
      'accepted',
    ],
  ];
  for (const [situation, prepare, hash, again, answer] of resubmissions) {
    it(`answers "${answer}" to a second submission: ${situation}`, () => {
      const world = new World();
      world.submit('x');
      world.tell({ kind: 'started', job: 'x', slots: 1 });
      prepare(world);
      world.take();
      assert.equal(world.answers.get(world.submit('x', hash, again))?.kind, answer);
      assert.deepEqual(world.take(), answer === 'accepted' ? ['start x'] : []);
    });
  }

  it('gives a job other slots for those of a lost worker', () => {
    const world = new World();
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 2 });
    world.tell({ kind: 'worker', worker: 'a', slots: 2 }).take();
    world.tell({ kind: 'worker-lost', worker: 'a' });
    assert.deepEqual(world.take(), ['x is waiting-for-slots: 2 slots are missing, as none is free']);
    world.tell({ kind: 'worker', worker: 'b', slots: 3 });
    assert.deepEqual(world.take(), ['assign 2: 2 of b for x', 'x is running']);
  });

  it('lets a job have slots only when its JobMaster is there', () => {
    const world = new World();
    world.tell({ kind: 'worker', worker: 'a', slots: 2 });
    world.submit('x');
    assert.deepEqual(world.take(), ['start x']);
    assert.equal(world.state('x'), 'submitted');
  });

  it('takes up the jobs that have not ended, in the order of their submission, and knows the others', () => {
    const world = new World();
    const [late, early, ended, cancelled] = [
      submissionOf('late', 'hash', 5),
      submissionOf('early', 'hash', 2),
      submissionOf('ended', 'hash', 1),
      submissionOf('cancelled', 'hash', 3),
    ];
    const jobs = [
      { submission: late, isCancelled: false, end: undefined },
      { submission: early, isCancelled: false, end: undefined },
      { submission: ended, isCancelled: false, end: END },
      { submission: cancelled, isCancelled: true, end: undefined },
    ];
    world.tell({ kind: 'recovered', jobs });
    assert.deepEqual(world.take(), ['start early again', 'start cancelled again', 'start late again']);
    assert.equal(world.state('ended'), 'finished');
    world.tell({ kind: 'started', job: 'cancelled', slots: 1 });
    assert.ok(world.take().includes('cancel cancelled'));
  });

  it('tries again to note an end that the storage did not take, and says nothing of it before', () => {
    const world = new World();
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 1 }).take();
    world.isHeld = true;
    world.tell({ kind: 'ended', job: 'x', end: END });
    world.recording.delete('x');
    world.tell({ kind: 'not-recorded', job: 'x', failure: FAILURE });
    assert.ok(world.recording.has('x'));
    assert.equal(world.state('x'), 'waiting-for-slots');
    world.record('x');
    assert.equal(world.state('x'), 'finished');
  });

  it('suspends a job of which another coordinator has written, and tells whoever asked', () => {
    const world = new World();
    world.isHeld = true;
    const request = world.submit('x');
    world.recording.delete('x');
    world.tell({ kind: 'not-recorded', job: 'x', failure: { ...FAILURE, message: 'it leads now', retriable: false } });
    assert.deepEqual(world.answers.get(request), { kind: 'unavailable', message: 'it leads now' });
    assert.deepEqual(world.take(), ['x is suspended: it leads now']);
  });

  it('gives no slots to a job that was suspended before its JobMaster was there', () => {
    const world = new World();
    world.tell({ kind: 'worker', worker: 'a', slots: 2 });
    world.submit('x');
    world.tell({ kind: 'suspended', job: 'x', reason: 'another leads' }).take();
    world.tell({ kind: 'started', job: 'x', slots: 1 });
    assert.deepEqual([world.state('x'), world.take()], ['suspended', []]);
  });

  it('cancels a suspended job, so that no other coordinator takes it up', () => {
    const world = new World();
    world.submit('x');
    world.tell({ kind: 'suspended', job: 'x', reason: 'its plan is not valid any more' });
    world.cancel('x');
    assert.equal(world.state('x'), 'cancelled');
    assert.equal(registeredJob(world.registry.get('x')!)?.isCancelled, true);
  });

  it('refuses to cancel what is not there, or has ended', () => {
    const world = new World();
    assert.equal(world.answers.get(world.cancel('x'))?.kind, 'unknown-job');
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 1 });
    world.tell({ kind: 'ended', job: 'x', end: END });
    assert.equal(world.answers.get(world.cancel('x'))?.kind, 'conflict');
  });

  it('shows at any moment what the next coordinator would find, whatever happens in whatever order', () => {
    const job = fc.constantFrom('x', 'y');
    const worker = fc.constantFrom('a', 'b');
    const step = fc.oneof(
      fc.record({ do: fc.constant('submit' as const), job, hash: fc.constantFrom('1', '2'), again: fc.boolean() }),
      fc.record({ do: fc.constantFrom('cancel', 'started', 'ended', 'suspended', 'record', 'refuse'), job }),
      fc.record({ do: fc.constantFrom('worker', 'worker-lost'), worker }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        world.isHeld = true;
        /** As the shell has it: a JobMaster is there from `start` on until the job is over. */
        const starting = new Set<string>();
        const running = new Set<string>();
        const workers = new Set<string>();
        const requests: string[] = [];
        for (const one of steps) {
          if ('worker' in one) {
            if (one.do === 'worker' && !workers.has(one.worker)) {
              world.tell({ kind: 'worker', worker: one.worker, slots: 2 });
              workers.add(one.worker);
            } else if (workers.delete(one.worker)) world.tell({ kind: 'worker-lost', worker: one.worker });
          } else if (one.do === 'submit') requests.push(world.submit(one.job, one.hash, one.again));
          else if (one.do === 'cancel') requests.push(world.cancel(one.job));
          else if (one.do === 'record') world.record(one.job);
          else if (one.do === 'refuse' && world.recording.delete(one.job))
            world.tell({ kind: 'not-recorded', job: one.job, failure: FAILURE });
          else if (one.do === 'started' && starting.delete(one.job)) {
            running.add(one.job);
            world.tell({ kind: 'started', job: one.job, slots: 1 });
          } else if (one.do === 'ended' && running.delete(one.job))
            world.tell({ kind: 'ended', job: one.job, end: END });
          else if (one.do === 'suspended' && running.delete(one.job))
            world.tell({ kind: 'suspended', job: one.job, reason: 'another leads' });
          for (const text of world.take()) {
            const [, started] = /^start (\w)/.exec(text) ?? [];
            if (started !== undefined) starting.add(started);
          }
          for (const { name, end, isOver, submission } of world.dispatcher.jobs()) {
            const registered = registeredJob(world.registry.get(name) ?? []);
            // Who is told of an end, or of a job that runs, is told what is in the registry.
            if (isOver && end !== undefined && world.state(name) === end.state) assert.deepEqual(registered?.end, end);
            if (running.has(name)) assert.equal(registered?.submission.id, submission.id);
          }
        }
        for (let left = 10; left > 0; left--) for (const name of ['x', 'y']) world.record(name);
        for (const request of requests) assert.ok(world.answers.has(request), 'everybody is answered');
      }),
    );
  });
});
