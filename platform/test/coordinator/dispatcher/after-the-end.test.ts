import assert from 'node:assert/strict';
import { registeredJob } from '../../../src/coordinator/dispatcher/registry-entry.js';
import { DispatcherWorld } from './dispatcher-world.js';

const END = { state: 'finished', restarts: 0, endedAt: 9 } as const;

function ended(): DispatcherWorld {
  const world = new DispatcherWorld();
  world.submit('x');
  world.tell({ kind: 'started', job: 'x', slots: 1 });
  world.tell({ kind: 'ended', job: 'x', end: END }).take();
  return world;
}

describe('a job that has ended', () => {
  it('is forgotten when its state is gone, and not before; whoever asked is told then', () => {
    const world = ended();
    const [first, second] = [world.ask('delete', 'x'), world.ask('delete', 'x')];
    assert.deepEqual(world.take(), ['discard x']);
    assert.deepEqual([world.answers.get(first), world.state('x')], [undefined, 'finished']);
    const early = world.answers.get(world.submit('x', 'other'));
    assert.deepEqual(early, { kind: 'conflict', message: 'the job is being deleted: ask again' });
    world.tell({ kind: 'discarded', job: 'x' });
    for (const request of [first, second]) assert.deepEqual(world.answers.get(request), { kind: 'accepted' });
    assert.equal(world.state('x'), undefined);
    assert.equal(world.answers.get(world.submit('x'))?.kind, 'accepted');
  });

  it('stays when its state cannot be deleted, and can be deleted later', () => {
    const world = ended();
    const request = world.ask('delete', 'x');
    world.tell({ kind: 'not-discarded', job: 'x', message: 'the disk is away' }).take();
    assert.deepEqual(world.answers.get(request), { kind: 'unavailable', message: 'the disk is away' });
    world.ask('delete', 'x');
    assert.deepEqual(world.take(), ['discard x']);
  });

  it('is deleted by the next coordinator when one is killed meanwhile', () => {
    const world = ended();
    world.ask('delete', 'x');
    const next = new DispatcherWorld();
    next.tell({ kind: 'recovered', jobs: [registeredJob(world.registry.get('x')!)!] });
    assert.deepEqual(next.take(), ['discard x']);
    next.tell({ kind: 'discarded', job: 'x' });
    assert.equal(next.state('x'), undefined);
  });

  it('is not deleted before it has: neither one that runs nor one that another coordinator may run', () => {
    const world = new DispatcherWorld();
    assert.equal(world.answers.get(world.ask('delete', 'x'))?.kind, 'unknown-job');
    world.submit('x');
    world.tell({ kind: 'started', job: 'x', slots: 1 });
    const answer = world.answers.get(world.ask('delete', 'x'));
    assert.deepEqual(answer, { kind: 'conflict', message: 'the job is waiting-for-slots: cancel or stop it first' });
    world.tell({ kind: 'suspended', job: 'x', reason: 'another leads' });
    assert.equal(world.answers.get(world.ask('delete', 'x'))?.kind, 'conflict');
    world.cancel('x');
    world.ask('delete', 'x');
    assert.ok(world.take().includes('discard x'));
  });

  it('is known to have been told of, also by the next coordinator, and begins untold when it runs again', () => {
    const world = ended();
    assert.equal(world.dispatcher.job('x')?.isTold, false);
    assert.equal(world.answers.get(world.ask('tell', 'x'))?.kind, 'accepted');
    const next = new DispatcherWorld();
    next.tell({ kind: 'recovered', jobs: [registeredJob(world.registry.get('x')!)!] });
    assert.equal(next.dispatcher.job('x')?.isTold, true);
    next.submit('x', 'hash', true);
    assert.equal(next.dispatcher.job('x')?.isTold, false);
    assert.equal(next.answers.get(next.ask('tell', 'x'))?.kind, 'unknown-job');
  });
});
