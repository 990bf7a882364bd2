import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SlotPool } from '../../src/scheduling/slot-pool.js';

function locations(pool: SlotPool, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const location = pool.location(index);
    return location === undefined ? '-' : `${location.taskManager}/${location.slot}`;
  });
}

describe('the slot pool', () => {
  it('says how many slots are missing, and assigns none until there are enough', () => {
    const pool = new SlotPool();
    assert.equal(pool.assign(3), 3);
    pool.register('a', 1);
    assert.equal(pool.assign(3), 2);
    assert.deepEqual(locations(pool, 3), ['-', '-', '-']);
    pool.register('b', 2);
    assert.equal(pool.assign(3), 0);
    assert.deepEqual(locations(pool, 3), ['b/0', 'a/0', 'b/1']);
  });

  it('keeps the slots of those whose task manager is still there', () => {
    const pool = new SlotPool();
    pool.register('a', 2);
    pool.register('b', 2);
    assert.equal(pool.assign(4), 0);
    pool.remove('a');
    assert.equal(pool.assign(4), 2);
    pool.register('c', 2);
    assert.equal(pool.assign(4), 0);
    assert.deepEqual(locations(pool, 4), ['c/0', 'b/0', 'c/1', 'b/1']);
  });

  it('takes back the slots that a narrower job does not need', () => {
    const pool = new SlotPool();
    pool.register('a', 3);
    assert.equal(pool.assign(3), 0);
    assert.equal(pool.assign(1), 0);
    assert.deepEqual(locations(pool, 3), ['a/0', '-', '-']);
  });

  it('knows where the assigned slots are reached, of the task managers that have said it', () => {
    const pool = new SlotPool();
    pool.register('a', 1);
    pool.register('b', 1);
    pool.locate('a', ['h:1']);
    pool.locate('stranger', ['h:9']);
    pool.assign(2);
    assert.equal(pool.addresses(), undefined);
    pool.locate('b', ['h:2']);
    pool.locate('a', ['h:3']);
    assert.deepEqual(pool.addresses(), [
      { name: 'slot 0 of a', address: 'h:3' },
      { name: 'slot 0 of b', address: 'h:2' },
    ]);
    pool.remove('a');
    pool.register('a', 1);
    pool.assign(2);
    assert.equal(pool.addresses(), undefined, 'what comes back has to say it again');
  });

  it('never gives a slot twice, nor one that is not there', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const register = fc.record({ name, slots: fc.integer({ min: 0, max: 3 }) });
    const step = fc.oneof(register, fc.record({ remove: name }), fc.record({ assign: fc.nat(6) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const pool = new SlotPool();
        const there = new Map<string, number>();
        for (const next of steps) {
          if ('remove' in next) {
            pool.remove(next.remove);
            there.delete(next.remove);
          } else if ('name' in next) {
            if (there.has(next.name)) continue;
            pool.register(next.name, next.slots);
            there.set(next.name, next.slots);
          } else {
            const total = [...there.values()].reduce((sum, slots) => sum + slots, 0);
            assert.equal(pool.assign(next.assign), Math.max(0, next.assign - total));
          }
          const given = locations(pool, 6).filter((location) => location !== '-');
          assert.equal(new Set(given).size, given.length);
          for (const location of given) {
            const [taskManager, slot] = location.split('/');
            assert.ok(Number(slot) < (there.get(taskManager!) ?? 0), location);
          }
        }
      }),
    );
  });
});
