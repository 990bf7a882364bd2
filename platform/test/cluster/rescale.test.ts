import assert from 'node:assert/strict';
import { inFolder, lastLine, type Child } from '../applications/child.js';
import { Cluster, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

interface Running {
  readonly job: CountingJob;
  readonly cluster: Cluster;
  readonly workers: Child[];
}

/** At 2 over workers with so many slots, with something to go on from. */
async function running(folder: string, slots: readonly number[]): Promise<Running> {
  const cluster = await Cluster.in(folder);
  await cluster.coordinator();
  const workers: Child[] = [];
  for (const count of slots) workers.push(await cluster.worker(count));
  const job = await CountingJob.submit(cluster, 2);
  await job.goesOn();
  return { cluster, workers, job };
}

describe('a job that is rescaled while it runs', function () {
  this.timeout(120_000);

  it('goes from 2 to 5 to 3 with its state, and neither loses nor doubles an event', () =>
    inFolder(async (folder) => {
      const { cluster, job } = await running(folder, [3, 3]);
      const up = await cluster.ask('rescale', 'counting', '--parallelism', '5', '--wait');
      assert.deepEqual([up.exitCode, lastLine(up.out)], [0, 'counting has parallelism 5'], up.err);
      const down = await cluster.ask('rescale', 'counting', '--parallelism', '3', '--wait');
      assert.deepEqual([down.exitCode, lastLine(down.out)], [0, 'counting has parallelism 3'], down.err);
      const { run } = await cluster.client.job('counting');
      assert.equal(run?.restarts, 0);
      assert.ok((run?.latestCheckpoint ?? 0) >= 3, 'it went on from checkpoints');
      await job.endsExact();
    }));

  it('runs on while slots are missing, and comes to it when a worker brings them', () =>
    inFolder(async (folder) => {
      const { cluster, job } = await running(folder, [3]);
      const asked = await cluster.ask('rescale', 'counting', '--parallelism', '4');
      const waits = 'counting is to have parallelism 4, and runs on until then: 2 slots are missing, as 1 is free\n';
      assert.deepEqual([asked.exitCode, asked.out], [0, waits]);
      const { state, run } = await cluster.client.job('counting');
      assert.deepEqual([state, run?.parallelism], ['running', 2]);
      await cluster.worker(1);
      await job.when(({ run }) => run?.parallelism === 4);
      await job.endsExact();
    }));

  it('shrinks to the slots that are left when a worker is gone', () =>
    inFolder(async (folder) => {
      const { cluster, job, workers } = await running(folder, [1, 1]);
      await killed(workers[1]!);
      await job.when(({ state }) => state === 'waiting-for-slots');
      const down = await cluster.ask('rescale', 'counting', '--parallelism', '1', '--wait');
      assert.equal(down.exitCode, 0, down.err);
      await job.endsExact();
    }));

  it('is refused what it cannot have', () =>
    inFolder(async (folder) => {
      const { cluster } = await running(folder, [2]);
      const refused: readonly (readonly [words: readonly string[], code: number, err: RegExp])[] = [
        [['counting', '--parallelism', '999999'], 1, /the parallelism is 999999; expected 1 to \d+/],
        [['nobody', '--parallelism', '2'], 1, /there is no job "nobody"/],
        [['counting'], 2, /--parallelism is missing/],
        [['counting', '--parallelism', '0'], 2, /expected a whole number from 1/],
      ];
      for (const [words, code, err] of refused) {
        const answer = await cluster.ask('rescale', ...words);
        assert.equal(answer.exitCode, code, words.join(' '));
        assert.match(answer.err, err);
      }
      await cluster.ask('cancel', 'counting');
      await cluster.ask('result', 'counting', '--wait');
      const late = await cluster.ask('rescale', 'counting', '--parallelism', '1');
      assert.match(late.err, /error\[TG451\]: the job is cancelled/);
    }));
});
