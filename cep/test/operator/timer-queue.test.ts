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

  it('may be added to between takes, and gives back the space of what it gave', () => {
    const timers = new TimerQueue<string>();
    for (let time = 0; time < 5000; time++) timers.add(time, `t${time}`);
    for (let time = 0; time < 4000; time++) assert.equal(timers.take(), `t${time}`);
    timers.add(4100, 'late');
    assert.equal(timers.next, 4000);
    for (let time = 4000; time <= 4100; time++) assert.equal(timers.take(), `t${time}`);
    assert.equal(timers.take(), 'late');
  });
});
