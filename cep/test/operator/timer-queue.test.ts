import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TimerQueue } from '../../src/operator/timer-queue.js';

describe('a timer queue', () => {
  it('gives timers by rising time, whatever order they were set in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), (times) => {
        const timers = new TimerQueue<number>();
        for (const time of times) timers.add(time, time);
        const given = times.map(() => timers.take());
        assert.deepEqual(
          given,
          [...times].sort((left, right) => left - right),
        );
        assert.equal(timers.next, Infinity);
      }),
    );
  });

  it('may be added to between takes, grows and shrinks', () => {
    const step = fc.record({ add: fc.array(fc.nat({ max: 1000 }), { maxLength: 120 }), take: fc.nat({ max: 120 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const timers = new TimerQueue<{ readonly time: number }>();
        let waiting: number[] = [];
        for (const { add, take } of steps) {
          for (const time of add) timers.add(time, { time });
          waiting = [...waiting, ...add].sort((left, right) => left - right);
          const due = waiting.splice(0, take);
          assert.deepEqual(
            due.map(() => timers.take().time),
            due,
          );
          assert.equal(timers.next, waiting[0] ?? Infinity);
        }
      }),
    );
  });

  it('gives timers of one time in the order they were set in, as long as times rise', () => {
    const timers = new TimerQueue<number>();
    for (let index = 0; index < 100; index++) timers.add(7, index);
    for (let index = 0; index < 100; index++) assert.equal(timers.take(), index);
  });
});
