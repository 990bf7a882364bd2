import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDetails } from '../../src/rest/cluster-service.js';
import { inFolder, lastLine, type Child } from '../applications/child.js';
import { cardTesting, Cluster, eventually, killed } from './cluster.js';
import { ticking } from './ticking.js';

/** So many that a job is not done when it has taken a checkpoint. */
const PAYMENTS = 200_000;
const CHECKPOINT_MS = 100;
const LOOK_MS = 20;

/** Of the job, when it is as the test wants it; rejects when it has ended before. */
async function jobWhen(
  { client }: Cluster,
  condition: (job: JobDetails) => boolean,
  mayEnd = false,
): Promise<JobDetails> {
  for (;;) {
    const job = await client.job('card-testing');
    if (condition(job)) return job;
    if (job.endedAt !== undefined && !mayEnd) throw new Error(`the job is ${job.state} before the condition was met`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** In the middle of its input, with something to go on from. */
const hasCheckpoint = ({ run }: JobDetails): boolean => (run?.latestCheckpoint ?? 0) >= 1;

async function finished(cluster: Cluster): Promise<void> {
  const result = await cluster.ask('result', 'card-testing', '--wait');
  assert.equal(result.exitCode, 0, result.err + result.out);
  assert.match(result.out, /^card-testing finished/);
}

describe('a cluster of processes', function () {
  this.timeout(120_000);

  it('finds what a run in one process finds, and says so to whoever waits', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 20_000, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(2);
      const submitted = await cluster.ask('submit', example.path, '--parallelism', '2', '--wait');
      assert.equal(submitted.exitCode, 0, submitted.err);
      assert.equal(lastLine(submitted.out), 'card-testing finished');
      assert.deepEqual(example.found(), example.expected);
      const again = await cluster.ask('submit', example.path, '--parallelism', '2');
      assert.match(again.err, /submitted before; --again/);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('says which slots are missing, and begins when a worker brings them', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 2000, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(1);
      await cluster.ask('submit', example.path, '--parallelism', '2');
      const { state, reason } = await jobWhen(cluster, (job) => job.state === 'waiting-for-slots');
      assert.deepEqual([state, reason], ['waiting-for-slots', '2 slots are missing, as 1 is free']);
      await cluster.worker(1);
      await finished(cluster);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('loses no alert and doubles none when a worker is killed and another takes over', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator();
      const workers: readonly Child[] = [await cluster.worker(2), await cluster.worker(2)];
      await cluster.ask('submit', example.path, '--parallelism', '2');
      await jobWhen(cluster, hasCheckpoint);
      const used = workers.filter(({ err }) => err.includes('2 slots for card-testing'));
      assert.equal(used.length, 1);
      await killed(used[0]!);
      const { run } = await jobWhen(cluster, (job) => job.run !== undefined && job.run.restarts > 0);
      assert.equal(run?.restarts, 1);
      await finished(cluster);
      assert.match(coordinator.err, /goes on from checkpoint \d+/);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('loses no alert and doubles none when one of the workers is killed that have a job together', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      const workers: Child[] = [await cluster.worker(1), await cluster.worker(1)];
      await cluster.ask('submit', example.path, '--parallelism', '2');
      await jobWhen(cluster, hasCheckpoint);
      await killed(workers[0]!);
      const { reason } = await jobWhen(cluster, (job) => job.state === 'waiting-for-slots');
      assert.equal(reason, '1 slot is missing, as none is free');
      await cluster.worker(1);
      await finished(cluster);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('takes a worker for lost that stands still, and has it as a new one when it goes on', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const timeout = ['--heartbeat-timeout', '2s'];
      const coordinator = await cluster.coordinator(timeout);
      const still = await cluster.worker(2, timeout);
      await cluster.ask('submit', example.path, '--parallelism', '2');
      await jobWhen(cluster, hasCheckpoint);
      still.process.kill('SIGSTOP');
      await jobWhen(cluster, (job) => job.state === 'waiting-for-slots');
      assert.match(coordinator.err, /is lost: nothing was heard of the other side for 2000 ms/);
      assert.deepEqual(await cluster.client.workers(), []);
      await cluster.worker(2, timeout);
      await jobWhen(cluster, (job) => job.state === 'running');
      still.process.kill('SIGCONT');
      await eventually(async () => (await cluster.client.workers()).length === 2);
      await finished(cluster);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('loses no alert and doubles none when the coordinator is killed and started again', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const first = await cluster.coordinator();
      await cluster.worker(2);
      await cluster.ask('submit', example.path, '--parallelism', '2');
      await jobWhen(cluster, hasCheckpoint);
      await killed(first);
      const second = await cluster.coordinator();
      await finished(cluster);
      assert.match(second.err, /goes on from checkpoint \d+/);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('loses no alert and doubles none when the leader is killed and a standby takes over', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const leader = await cluster.coordinator();
      const standby = await cluster.standby();
      await cluster.worker(2);
      // Whoever asks the standby is led to the leader.
      const submitted = await cluster.askAt(cluster.ports[1], 'submit', example.path, '--parallelism', '2');
      assert.equal(submitted.exitCode, 0, submitted.err);
      await jobWhen(cluster, hasCheckpoint);
      await killed(leader);
      await eventually(() => standby.err.includes('leads, in term'));
      const result = await cluster.askAt(cluster.ports[1], 'result', 'card-testing', '--wait');
      assert.equal(result.exitCode, 0, result.err + result.out);
      assert.match(standby.err, /goes on from checkpoint \d+/);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('leaves the jobs to the next leader where one stands still, and stands by when it goes on', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const timeout = ['--heartbeat-timeout', '2s'];
      const leader = await cluster.coordinator(timeout);
      const standby = await cluster.standby();
      await cluster.worker(2, timeout);
      await cluster.ask('submit', example.path, '--parallelism', '2');
      await jobWhen(cluster, hasCheckpoint);
      leader.process.kill('SIGSTOP');
      await eventually(() => standby.err.includes('goes on from checkpoint'));
      leader.process.kill('SIGCONT');
      await eventually(() => leader.err.includes('stands by'));
      await finished(cluster);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('knows how a job has ended when its coordinator is started again, and does not run it once more', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 2000, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const first = await cluster.coordinator();
      await cluster.worker(1);
      await cluster.ask('submit', example.path, '--wait');
      const result = await cluster.client.result('card-testing');
      await killed(first);
      await cluster.coordinator();
      assert.deepEqual(await cluster.client.result('card-testing'), result);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('runs several jobs side by side, and ends the one that is stopped with a savepoint', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(2);
      writeFileSync(join(folder, 'other.yaml'), ticking({ name: 'endless' }));
      assert.equal(lastLine((await cluster.ask('submit', 'other.yaml')).out), 'endless');
      await cluster.ask('submit', example.path);
      await jobWhen(cluster, hasCheckpoint);
      const folderOfIt = await cluster.client.stop('card-testing', false);
      assert.match(folderOfIt, /state\/jobs\/card-testing\/checkpoints\/savepoints\/\d+-\d+\/$/);
      await jobWhen(cluster, ({ state }) => state === 'stopped', true);
      const cancelled = await cluster.ask('cancel', 'endless');
      assert.equal(cancelled.exitCode, 0, cancelled.err);
      const result = await cluster.ask('result', 'endless', '--wait');
      assert.deepEqual([result.exitCode, result.out], [1, 'endless cancelled\n']);
      await cluster.ask('submit', example.path, '--again', '--wait');
      assert.deepEqual(example.found(), example.expected);
    }));

  it('is left with the exit code of its application where it runs one alone', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 2000, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const coordinator = await cluster.coordinator(['--application', example.path]);
      await cluster.worker(1);
      const ended = await coordinator.finished;
      assert.equal(ended.exitCode, 0, ended.err);
      assert.deepEqual(example.found(), example.expected);
    }));
});
