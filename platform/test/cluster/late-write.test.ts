import assert from 'node:assert/strict';
import { inFolder, until } from '../applications/child.js';
import { Cluster, eventually } from './cluster.js';
import { CountingJob } from './counting-job.js';

/** Of what the leader writes for a job: its plan and its first fence, and then a few checkpoints. */
const WRITES = 7;

describe('a leader that stands still while it writes', function () {
  this.timeout(180_000);

  it('F15: writes a checkpoint when another leads, which counts for nothing and harms nothing', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const [, { api, workers }] = cluster.ports;
      const words = ['coordinator', '--listen', `127.0.0.1:${api}`, '--workers', `127.0.0.1:${workers}`];
      const old = cluster.start([...words, '--state-dir', 'state', '--lease', '1s'], {
        TIDEGATE_FAIL: `storage.before-create:${WRITES}:stop`,
      });
      await until(() => old.err.includes('workers connect to'), old);
      const next = await cluster.startAgain();
      await cluster.worker(2);
      // Nobody is asked before the other one leads: who stands still does not answer.
      const job = await CountingJob.submit(cluster, 2);
      await eventually(() => /counting: goes on from checkpoint [1-9]/.test(next.err));
      const { run } = await job.goesOn();
      old.process.kill('SIGCONT');
      await eventually(() => old.err.includes('stands by'));
      await job.goesOn();
      const later = await job.goesOn();
      assert.equal(later.run?.restarts, run?.restarts);
      // On a busy machine it may be late with a beat, and leads still.
      assert.doesNotMatch(next.err, /leads no more/);
      await job.endsExact();
    }));
});
