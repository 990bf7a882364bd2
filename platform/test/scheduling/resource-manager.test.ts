import assert from 'node:assert/strict';
import { ResourceManager, shortageText, type ResourceEffect } from '../../src/scheduling/resource-manager.js';

function texts(effects: readonly ResourceEffect[]): string[] {
  return effects.map(({ kind, assignment: { job, worker, slots } }) => `${kind} ${slots} of ${worker} for ${job}`);
}

describe('the resource manager', () => {
  it('assigns slots when a job wants them, and when a worker brings them', () => {
    const resources = new ResourceManager('any-workers');
    assert.deepEqual(texts(resources.want('x', 3)), []);
    assert.deepEqual(texts(resources.register('a', 2)), []);
    assert.deepEqual(texts(resources.register('b', 2)), ['assign 2 of a for x', 'assign 1 of b for x']);
    assert.equal(resources.shortageOf('x'), undefined);
  });

  it('has slots given back when a job ends, and gives them to the next when they are free', () => {
    const resources = new ResourceManager('any-workers');
    resources.register('a', 2);
    const [assigned] = resources.want('x', 2);
    resources.want('y', 1);
    assert.deepEqual(texts(resources.withdraw('x')), ['release 2 of a for x']);
    assert.deepEqual(texts(resources.released(assigned!.assignment.id)), ['assign 1 of a for y']);
  });

  it('wants at once again what a lost worker had', () => {
    const resources = new ResourceManager('any-workers');
    resources.register('a', 2);
    resources.want('x', 2);
    resources.register('b', 2);
    assert.deepEqual(texts(resources.lose('a')), ['assign 2 of b for x']);
    assert.deepEqual(texts(resources.lose('b')), []);
    assert.equal(shortageText(resources.shortageOf('x')!), '2 slots are missing, as 0 are free');
  });

  describe('where a job lies on one worker', () => {
    it('takes the smallest that is enough', () => {
      const resources = new ResourceManager('one-worker');
      for (const [worker, slots] of [
        ['a', 1],
        ['b', 2],
        ['c', 4],
      ] as const)
        resources.register(worker, slots);
      assert.deepEqual(texts(resources.want('x', 2)), ['assign 2 of b for x']);
      assert.deepEqual(texts(resources.want('y', 1)), ['assign 1 of a for y']);
      assert.deepEqual(texts(resources.want('z', 3)), ['assign 3 of c for z']);
    });

    it('gives none where only several together would be enough, and says so', () => {
      const resources = new ResourceManager('one-worker');
      resources.register('a', 1);
      resources.register('b', 1);
      assert.deepEqual(texts(resources.want('x', 2)), []);
      assert.equal(
        shortageText(resources.shortageOf('x')!),
        '2 slots are missing: a job lies on one worker, and none has more than 1 free',
      );
    });

    it('gives a job that grows more of the worker that it is on', () => {
      const resources = new ResourceManager('one-worker');
      resources.register('a', 2);
      resources.want('x', 1);
      resources.register('b', 4);
      assert.deepEqual(texts(resources.want('x', 2)), ['assign 1 of a for x']);
      assert.deepEqual(texts(resources.want('x', 4)), []);
      assert.equal(resources.shortageOf('x')?.missing, 2);
    });
  });

  it('shows of each worker whose its slots are', () => {
    const resources = new ResourceManager('any-workers');
    resources.register('a', 3);
    resources.want('x', 2);
    assert.deepEqual(resources.workers(), [{ worker: 'a', slots: 3, assigned: [{ job: 'x', slots: 2 }] }]);
  });
});
