import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SlotAllocator, type SlotAssignment } from '../../src/scheduling/slot-allocator.js';

function places(assignments: readonly SlotAssignment[]): string[] {
  return assignments.map(({ job, worker, slots }) => `${job}: ${slots} of ${worker}`);
}

describe('the slot allocator', () => {
  it('gives a job its slots at once, and on few workers', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 2);
    allocator.register('b', 4);
    allocator.want('x', 5);
    assert.deepEqual(places(allocator.allocate()), ['x: 4 of b', 'x: 1 of a']);
    assert.equal(allocator.missing('x'), 0);
    assert.equal(allocator.free, 1);
    assert.deepEqual(allocator.allocate(), []);
  });

  it('gives no part of what a job needs, and says how much is missing', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 2);
    allocator.want('x', 3);
    assert.deepEqual(allocator.allocate(), []);
    assert.equal(allocator.missing('x'), 3);
    allocator.register('b', 1);
    assert.deepEqual(places(allocator.allocate()), ['x: 2 of a', 'x: 1 of b']);
  });

  it('serves jobs in the order in which they came, and lets those past that can be served', () => {
    const allocator = new SlotAllocator();
    allocator.want('large', 4);
    allocator.want('small', 1);
    allocator.want('late', 1);
    allocator.register('a', 1);
    assert.deepEqual(places(allocator.allocate()), ['small: 1 of a']);
    allocator.register('b', 4);
    assert.deepEqual(places(allocator.allocate()), ['large: 4 of b']);
    assert.equal(allocator.missing('late'), 1);
  });

  it('gives a job others for the slots of a lost worker', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 2);
    allocator.want('x', 2);
    allocator.allocate();
    allocator.remove('a');
    assert.equal(allocator.missing('x'), 2);
    allocator.register('b', 2);
    assert.deepEqual(places(allocator.allocate()), ['x: 2 of b']);
  });

  it('gives slots to others only when their worker says that they are free', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 2);
    allocator.want('x', 2);
    allocator.allocate();
    const [released, ...others] = allocator.withdraw('x');
    assert.deepEqual(others, []);
    allocator.want('y', 1);
    assert.deepEqual(allocator.allocate(), []);
    allocator.released(released!.id);
    assert.deepEqual(places(allocator.allocate()), ['y: 1 of a']);
  });

  it('takes back what a job wants no more, the youngest first, and keeps what it can only give back whole', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 3);
    allocator.want('x', 3);
    allocator.allocate();
    allocator.register('b', 2);
    allocator.want('x', 5);
    allocator.allocate();
    assert.deepEqual(places(allocator.want('x', 4)), []);
    assert.deepEqual(places(allocator.want('x', 2)), ['x: 2 of b']);
    assert.equal(allocator.missing('x'), 0);
  });

  it('exchanges the slots of a job for more or fewer, its own among them, and gives them to nobody in between', () => {
    const allocator = new SlotAllocator();
    allocator.register('a', 3);
    allocator.register('b', 2);
    allocator.want('x', 2);
    allocator.allocate();
    assert.deepEqual([allocator.hasRoom('x', 5), allocator.hasRoom('x', 6)], [true, false]);
    const up = allocator.exchange('x', 5);
    assert.deepEqual(places(up.released), ['x: 2 of a']);
    assert.deepEqual(places(up.assigned), ['x: 3 of a', 'x: 2 of b']);
    allocator.want('y', 1);
    assert.deepEqual([allocator.allocate(), allocator.free, allocator.missing('x')], [[], 0, 0]);
    allocator.released(up.released[0]!.id);
    assert.deepEqual(allocator.allocate(), []);
    const down = allocator.exchange('x', 3);
    assert.deepEqual([places(down.released).length, places(down.assigned)], [2, ['x: 3 of a']]);
    assert.deepEqual(allocator.allocate(), []);
    for (const { id } of down.released) allocator.released(id);
    assert.deepEqual(places(allocator.allocate()), ['y: 1 of b']);
  });

  it('never gives a slot twice, and leaves no job waiting that could be served', () => {
    const worker = fc.constantFrom('a', 'b', 'c');
    const job = fc.constantFrom('x', 'y', 'z');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('register' as const), worker, slots: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('remove' as const), worker }),
      fc.record({ kind: fc.constant('want' as const), job, slots: fc.integer({ min: 0, max: 6 }) }),
      fc.record({ kind: fc.constant('withdraw' as const), job }),
      fc.record({ kind: fc.constant('released' as const), which: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const allocator = new SlotAllocator();
        const workers = new Map<string, number>();
        const wanted = new Map<string, number>();
        let releasing: SlotAssignment[] = [];
        const stays = (): SlotAssignment[] =>
          allocator.assignments().filter(({ id }) => !releasing.some((other) => other.id === id));
        for (const one of steps) {
          switch (one.kind) {
            case 'register':
              if (workers.has(one.worker)) continue;
              workers.set(one.worker, one.slots);
              allocator.register(one.worker, one.slots);
              break;
            case 'remove':
              workers.delete(one.worker);
              allocator.remove(one.worker);
              releasing = releasing.filter(({ worker }) => worker !== one.worker);
              break;
            case 'want':
              wanted.set(one.job, one.slots);
              releasing.push(...allocator.want(one.job, one.slots));
              break;
            case 'withdraw':
              wanted.delete(one.job);
              releasing.push(...allocator.withdraw(one.job));
              break;
            case 'released': {
              const [gone] = releasing.splice(one.which % (releasing.length + 1), 1);
              if (gone !== undefined) allocator.released(gone.id);
            }
          }
          const held = (job: string): number =>
            stays().reduce((sum, assignment) => sum + (assignment.job === job ? assignment.slots : 0), 0);
          const before = new Map([...wanted.keys()].map((job) => [job, held(job)]));
          allocator.allocate();
          for (const [name, slots] of workers) {
            const used = allocator.assignments().filter((assignment) => assignment.worker === name);
            assert.ok(used.reduce((sum, assignment) => sum + assignment.slots, 0) <= slots);
          }
          assert.ok(allocator.assignments().every((assignment) => workers.has(assignment.worker)));
          for (const [job, slots] of wanted) {
            const now = held(job);
            assert.ok(now === before.get(job) || now === slots, 'whole or not at all');
            assert.equal(allocator.missing(job), Math.max(0, slots - now));
            if (now < slots) assert.ok(allocator.free < slots - now, 'it could be served');
          }
          for (const { job } of stays()) assert.ok(wanted.has(job));
        }
      }),
    );
  });
});
