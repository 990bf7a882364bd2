import assert from 'node:assert/strict';
import { inFolder, until } from '../applications/child.js';
import { Cluster, eventually, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

describe('whoever waits for the end of a job', function () {
  this.timeout(180_000);

  it('waits on while nobody leads, whichever coordinators it knows, and is told by the next leader', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const leader = await cluster.coordinator();
      const standby = await cluster.standby();
      await cluster.worker(1);
      const job = await CountingJob.submit(cluster, 1);
      await job.goesOn();
      const [first, second] = cluster.ports.map(({ api }) => `127.0.0.1:${api}`);
      const waiting = [`${first},${second}`, `${second}`, `${first}`].map((coordinator) =>
        cluster.start(['result', 'counting', '--wait', '--coordinator', coordinator]),
      );
      for (const child of waiting) await until(() => child.err.includes('counting running'), child);
      await killed(leader);
      // Who knows this one alone.
      await eventually(() => /TG450|no coordinator answers at .*; waiting for a coordinator/.test(waiting[2]!.err));
      await eventually(() => standby.err.includes('goes on from checkpoint'));
      await cluster.startAgain();
      await job.endsExact();
      for (const child of waiting) {
        const { exitCode, out, err } = await child.finished;
        assert.deepEqual([exitCode, out.replace(/ \(restarts: \d+\)/, '')], [0, 'counting stopped\n'], err);
      }
    }));

  it('is told at once where nobody has ever answered', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const { exitCode, err } = await cluster.ask('result', 'counting', '--wait');
      assert.equal(exitCode, 1);
      assert.match(err, /^error\[TG450\]: no coordinator answers at /);
    }));
});
