import assert from 'node:assert/strict';
import { inFolder, type Child } from '../applications/child.js';
import { Cluster, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

const COUNT = 4;
const UNALIGNED = ', alignedTimeout: 0ms';

async function rescaled(
  folder: string,
  failpoint: string,
): Promise<{ job: CountingJob; cluster: Cluster; first: Child }> {
  const cluster = await Cluster.in(folder);
  const first = await cluster.coordinator([], { TIDEGATE_FAIL: failpoint });
  await cluster.worker(COUNT);
  const job = await CountingJob.submit(cluster, 2, { checkpoint: UNALIGNED });
  await job.goesOn();
  // The answer may be lost with the coordinator.
  await cluster.client.rescale('counting', COUNT).catch(() => undefined);
  return { job, cluster, first };
}

describe('a rescale in the middle of which something is killed', function () {
  this.timeout(120_000);

  /** Where the coordinator dies: before so many effects of its Dispatcher. Other steps: see coordinator/dispatcher. */
  const steps: readonly (readonly [step: string, failpoint: string])[] = [
    ['before the job is stopped', 'coordinator.hand-over:1'],
    ['when the old parallelism is over and the new one not noted', 'coordinator.record:3'],
    ['before the job has its slots at the new one', 'coordinator.assign:2'],
  ];
  for (const [step, failpoint] of steps) {
    it(`F60: comes to the other parallelism, and to the exact result, when the coordinator is killed ${step}`, () =>
      inFolder(async (folder) => {
        const { job, cluster, first } = await rescaled(folder, failpoint);
        assert.equal((await first.finished).signal, 'SIGKILL');
        await cluster.coordinator();
        await job.when(({ run }) => run?.parallelism === COUNT && run.state === 'running');
        await job.endsExact();
      }));
  }

  it('F60: comes to the exact result when a worker is killed while the job is stopped for it', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator();
      const workers = [await cluster.worker(2), await cluster.worker(2)];
      const job = await CountingJob.submit(cluster, 2, { checkpoint: UNALIGNED });
      await job.goesOn();
      await cluster.client.rescale('counting', COUNT);
      const used = workers.find(({ err }) => err.includes('slots for counting'));
      await killed(used!);
      assert.match(coordinator.err, /is stopped with a checkpoint/);
      await cluster.worker(2);
      await job.when(({ run }) => run?.parallelism === COUNT && run.state === 'running');
      await job.endsExact();
    }));
});
