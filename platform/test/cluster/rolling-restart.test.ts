import assert from 'node:assert/strict';
import { inFolder, type Child } from '../applications/child.js';
import { Cluster, eventually } from './cluster.js';
import { CountingJob } from './counting-job.js';

/** As an operator does it. */
async function ended(child: Child): Promise<void> {
  child.process.kill('SIGTERM');
  const { exitCode, err } = await child.finished;
  assert.equal(exitCode, 0, err);
}

describe('a cluster whose processes are restarted one after the other', function () {
  this.timeout(120_000);

  it('F95: goes on without a heartbeat timeout, and neither loses nor doubles an event', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      // Long enough to fail the test if anybody waited for it.
      const patient = ['--heartbeat-timeout', '10m'];
      const leader = await cluster.coordinator(patient);
      const standby = await cluster.standby();
      const workers = [await cluster.worker(1, patient), await cluster.worker(1, patient)];
      // What is done on purpose is no failure.
      const job = await CountingJob.submit(cluster, 2, { settings: ', restart: none' });
      await job.goesOn();
      for (const worker of workers) {
        await ended(worker);
        await cluster.worker(1, patient);
        await job.goesOn();
      }
      await ended(leader);
      await eventually(() => standby.err.includes('leads, in term'));
      const former = await cluster.startAgain(patient);
      await job.goesOn();
      await ended(standby);
      await eventually(() => former.err.includes('workers connect to'));
      await job.endsExact();
    }));
});
