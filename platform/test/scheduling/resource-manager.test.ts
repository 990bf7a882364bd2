import assert from 'node:assert/strict';
import { ResourceManager, shortageText, type ResourceEffect } from '../../src/scheduling/resource-manager.js';

function texts(effects: readonly ResourceEffect[]): string[] {
  return effects.map(({ kind, assignment: { job, worker, slots } }) => `${kind} ${slots} of ${worker} for ${job}`);
}

describe('the resource manager', () => {
  it('assigns slots when a job wants them, and when a worker brings them', () => {
    const resources = new ResourceManager();
    assert.deepEqual(texts(resources.want('x', 3)), []);
    assert.deepEqual(texts(resources.register('a', 2)), []);
    assert.deepEqual(texts(resources.register('b', 2)), ['assign 2 of a for x', 'assign 1 of b for x']);
    assert.equal(resources.shortageOf('x'), undefined);
  });

  it('has slots given back when a job ends, and gives them to the next when they are free', () => {
    const resources = new ResourceManager();
    resources.register('a', 2);
    const [assigned] = resources.want('x', 2);
    resources.want('y', 1);
    assert.deepEqual(texts(resources.withdraw('x')), ['release 2 of a for x']);
    assert.deepEqual(texts(resources.released(assigned!.assignment.id)), ['assign 1 of a for y']);
  });

  it('wants at once again what a lost worker had', () => {
    const resources = new ResourceManager();
    resources.register('a', 2);
    resources.want('x', 2);
    resources.register('b', 2);
    assert.deepEqual(texts(resources.lose('a')), ['assign 2 of b for x']);
    assert.deepEqual(texts(resources.lose('b')), []);
    assert.equal(shortageText(resources.shortageOf('x')!), '2 slots are missing, as none is free');
  });

  it('gives a job no part of what it lacks', () => {
    const resources = new ResourceManager();
    resources.register('a', 1);
    assert.deepEqual(texts(resources.want('x', 3)), []);
    assert.equal(shortageText(resources.shortageOf('x')!), '3 slots are missing, as 1 is free');
  });

  it('shows of each worker whose its slots are', () => {
    const resources = new ResourceManager();
    resources.register('a', 3);
    resources.want('x', 2);
    assert.deepEqual(resources.workers(), [{ worker: 'a', slots: 3, assigned: [{ job: 'x', slots: 2 }] }]);
  });
});
