/** Rows of the fault matrix in which the wall clock of a process jumps. */
import assert from 'node:assert/strict';
import { inFolder } from '../applications/child.js';
import { fakeClock, type FakeClock } from '../faults/machine.js';
import { Cluster } from './cluster.js';
import { CountingJob } from './counting-job.js';

/** Hours from the machine's clock. */
const JUMPS = [3, -5, 0];
/** Much shorter than what the clock jumps by. */
const LEASE = '2s';

/** The job takes checkpoints after each jump, and none is a reason to begin anew. */
async function outlives(job: CountingJob, clock: FakeClock): Promise<void> {
  await job.goesOn();
  for (const hours of JUMPS) {
    clock.jump(hours);
    await job.goesOn();
    await job.goesOn();
  }
  assert.equal((await job.goesOn()).run?.restarts, 0);
  await job.endsExact();
}

describe('a cluster of which a clock jumps', function () {
  this.timeout(180_000);

  it('F43: on a worker finds the same, and restarts nothing', function () {
    return inFolder(async (folder) => {
      const clock = fakeClock(this, folder);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(1, [], clock.env);
      await cluster.worker(1);
      await outlives(await CountingJob.submit(cluster, 2), clock);
    });
  });

  it('F44: on the leader keeps its leader, and its job runs on', function () {
    return inFolder(async (folder) => {
      const clock = fakeClock(this, folder);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator(['--lease', LEASE], clock.env);
      const standby = await cluster.standby(['--lease', LEASE]);
      await cluster.worker(2);
      await outlives(await CountingJob.submit(cluster, 2), clock);
      assert.ok(!standby.err.includes('leads, in term'), standby.err);
    });
  });
});
