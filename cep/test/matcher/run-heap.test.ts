import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Run } from '../../src/matcher/key-state.js';
import { RunHeap } from '../../src/matcher/run-heap.js';
import { JavaQueue } from '../reference/java-queue.js';

type Operation = { kind: 'offer'; start: number } | { kind: 'poll' } | { kind: 'drop'; below: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('offer' as const), start: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'poll' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), below: fc.nat({ max: 4 }) }) },
);

describe('a heap of runs', () => {
  it('keeps its array exactly as java.util.PriorityQueue does, equal elements included', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const heap = new RunHeap<number>();
        const queue = new JavaQueue<Run<number>>((left, right) => left.timestamp - right.timestamp);
        operations.forEach((step, index) => {
          if (step.kind === 'offer') {
            const run = new Run<number>(0, 0, index, step.start, 0, undefined);
            heap.offer(run);
            queue.offer(run);
          } else if (step.kind === 'poll') {
            if (heap.size > 0) assert.equal(heap.poll(), queue.poll());
          } else {
            heap.removeAll(({ timestamp }) => timestamp < step.below);
            queue.removeIf(({ timestamp }) => timestamp < step.below);
          }
          assert.deepEqual(heap.toArray(), queue.items);
        });
      }),
    );
  });

  it('is the same array again when it is offered its own elements', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 30 }), (starts) => {
        const heap = new RunHeap<number>();
        for (const start of starts) heap.offer(new Run<number>(0, 0, 0, start, 0, undefined));
        const again = new RunHeap<number>();
        again.offerAll(heap.toArray());
        assert.deepEqual(again.toArray(), heap.toArray());
      }),
    );
  });
});
