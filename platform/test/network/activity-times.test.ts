import assert from 'node:assert/strict';
import { ActivityTimes } from '../../src/network/activity-times.js';

describe('the activity times of a task', () => {
  it('add up what it did so far, the running activity included', () => {
    const times = new ActivityTimes(100);
    times.become('busy', 110);
    times.become('back-pressured', 130);
    times.become('busy', 160);
    times.become('busy', 165);
    assert.equal(times.spentMs('idle', 170), 10);
    assert.equal(times.spentMs('busy', 170), 30);
    assert.equal(times.spentMs('back-pressured', 170), 30);
  });
});
