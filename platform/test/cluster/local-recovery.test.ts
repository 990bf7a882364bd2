import assert from 'node:assert/strict';
import { inFolder } from '../applications/child.js';
import { Cluster, eventually, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

describe('local recovery', function () {
  this.timeout(180_000);

  it('has a worker that is left fetch nothing of the state that it had when another one is killed', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      const [left, lost] = [await cluster.worker(1), await cluster.worker(1)];
      const job = await CountingJob.submit(cluster, 2);
      await job.goesOn();
      await killed(lost);
      await cluster.worker(1);
      await eventually(() => left.err.includes('restored'));
      assert.match(left.err, /counting: \S+\[[01]\] restored [1-9]\d* bytes from this disk, and fetched 0\n/);
      await job.endsExact();
    }));
});
