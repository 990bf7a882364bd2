import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventQueue } from '../../../src/simulation/kernel/event-queue.js';

describe('the event queue', () => {
  it('gives events by time, and those of one time in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('pop' as const), fc.nat(5)), { maxLength: 60 }), (operations) => {
        const queue = new EventQueue<{ time: number; sequence: number }>();
        let model: { time: number; sequence: number }[] = [];
        operations.forEach((operation, sequence) => {
          if (operation === 'pop') {
            const [first, ...rest] = model.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
            assert.deepEqual(queue.pop(), first);
            model = rest;
          } else {
            queue.push({ time: operation, sequence });
            model.push({ time: operation, sequence });
          }
          assert.equal(queue.size, model.length);
        });
      }),
    );
  });
});
