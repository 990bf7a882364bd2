import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StreamRecord } from '../../src/record/stream-record.js';
import { EventSorter, type SpillFile, type SpillStorage } from '../../src/time/event-sorter.js';

const SPLIT = { ingress: 'in', id: 'a' };

class MemorySpill implements SpillStorage {
  readonly files: { readonly chunks: Uint8Array[]; deleted: boolean }[] = [];
  create(): SpillFile {
    const file = { chunks: [] as Uint8Array[], deleted: false };
    this.files.push(file);
    return {
      append: (chunk) => void file.chunks.push(chunk),
      read: () => file.chunks[Symbol.iterator](),
      delete: () => void (file.deleted = true),
    };
  }
}

describe('the event sorter', () => {
  it('gives the same stable order with any budget, spilled or not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 1, max: 50 }), (times, budget) => {
        const spill = new MemorySpill();
        const sorter = new EventSorter('in', spill, budget);
        times.forEach((time, i) =>
          sorter.add(new StreamRecord({ big: 2n ** 60n }, time, 'in', SPLIT, i, { h: 'x' }, undefined), 5),
        );
        const expected = times.map((time, offset) => ({ time, offset })).sort((a, b) => a.time - b.time);
        const sorted = [...sorter.drain()];
        assert.deepEqual(
          sorted.map(({ timestamp, offset }) => ({ time: timestamp, offset })),
          expected,
        );
        for (const record of sorted) {
          assert.deepEqual(record.value, { big: 2n ** 60n });
          assert.deepEqual(record.headers, { h: 'x' });
          assert.equal(record.split, SPLIT);
        }
        sorter.close();
        assert.ok(spill.files.every((file) => file.deleted));
      }),
    );
  });

  it('spills when the budget is spent', () => {
    const spill = new MemorySpill();
    const sorter = new EventSorter('in', spill, 10);
    for (let i = 0; i < 7; i++) sorter.add(new StreamRecord({}, -i, 'in', SPLIT, i, undefined, undefined), 4);
    assert.equal(sorter.spilledRuns, 2);
  });
});
