import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../applications/child.js';
import { cardTesting, Cluster } from './cluster.js';
import { CountingJob } from './counting-job.js';

const PAYMENTS = 2000;
const CHECKPOINT_MS = 100;

describe('the end of a job of a cluster', function () {
  this.timeout(180_000);

  it('F13: is told, and the job not run anew, when its coordinator is killed between that and its own end', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const options = ['--application', example.path];
      const first = await cluster.coordinator(options, { TIDEGATE_FAIL: 'application.ended:1' });
      await cluster.worker(1);
      assert.equal((await first.finished).signal, 'SIGKILL');
      const found = example.found();
      const second = await cluster.coordinator(options);
      const told = await second.finished;
      assert.equal(told.exitCode, 0, told.err);
      assert.match(told.err, /the job had ended, and its coordinator was ended before it could say so/);
      assert.deepEqual([found, example.found()], [example.expected, example.expected]);
      // Now it was told: started once more, it begins anew.
      const third = await cluster.coordinator(options);
      const ended = await third.finished;
      assert.deepEqual([ended.exitCode, /had ended/.test(ended.err)], [0, false], ended.err);
    }));

  it('lets it be deleted with its state, but for its savepoints, and begin anew from one of them', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(1);
      const job = await CountingJob.submit(cluster, 1);
      const refused = await cluster.ask('delete', 'counting');
      assert.match(refused.err, /^error\[TG451\]: the job is [a-z-]+: cancel or stop it first\n$/);
      await job.goesOn();
      const savepoint = (await cluster.ask('stop', 'counting')).out.trim();
      await cluster.ask('result', 'counting', '--wait');
      const deleted = await cluster.ask('delete', 'counting');
      assert.deepEqual([deleted.exitCode, deleted.out], [0, 'counting is deleted\n'], deleted.err);
      assert.equal((await cluster.ask('list', 'jobs')).out, 'no jobs\n');
      assert.deepEqual(readdirSync(join(savepoint, '..', '..')), ['savepoints']);
      assert.match((await cluster.ask('delete', 'counting')).err, /there is no job "counting"/);

      const [, number] = /(\d+)-\d+\/$/.exec(savepoint)!;
      const again = await CountingJob.submit(cluster, 1, { from: number! });
      await again.endsExact();
      await cluster.ask('delete', 'counting');
      assert.ok(existsSync(join(savepoint, '_metadata')));
    }));
});
