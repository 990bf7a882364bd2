import assert from 'node:assert/strict';
import type { JobOptions } from '../../src/coordinator/job-options.js';
import { ControlWorld, seededRandom } from './control-world.js';
import { pipeline } from './job-graphs.js';

const OPTIONS: Omit<JobOptions, 'leader'> = {
  name: 'job',
  graph: pipeline('a', 2),
  settings: {
    maxParallelism: 8,
    checkpoint: {
      ...{ interval: 100, mode: 'exactly-once', timeout: 1000, retain: 2, minPause: 0, tolerableFailures: 3 },
    },
    restart: { strategy: 'fixed-delay', attempts: 100, delay: 10 },
  },
  start: { from: 'latest' },
  mustExist: false,
  allowNonRestoredState: false,
  heartbeatTimeout: 200,
};

describe('a JobMaster', () => {
  it('runs a bounded job to its end: checkpoints, a last one, and nothing left of them', () => {
    const world = new ControlWorld(seededRandom(1), OPTIONS);
    world.start(2);
    const { master } = world.lead();
    assert.ok(
      world.run(1000, () => master.checkpoints.completed === 3),
      world.trace.slice(-20).join('\n'),
    );
    world.exhaust();
    world.failTask();
    assert.ok(
      world.run(5000, () => master.isDone),
      world.trace.slice(-40).join('\n'),
    );
    assert.equal(master.state, 'finished');
    assert.deepEqual(world.stateFiles(), []);
  });
});
