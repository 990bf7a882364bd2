import assert from 'node:assert/strict';
import { inFolder, lastLine, type Child } from '../applications/child.js';
import { cardTesting, Cluster, eventually, killed } from './cluster.js';

const PAYMENTS = 800_000;
const CHECKPOINT_MS = 100;

interface Running {
  readonly cluster: Cluster;
  readonly coordinator: Child;
  readonly workers: Child[];
  found(): readonly string[];
  readonly expected: readonly string[];
}

/** The example runs at 2 over workers with so many slots, in the middle of its input, with something to go on from. */
async function running(folder: string, slots: readonly number[], options: readonly string[] = []): Promise<Running> {
  const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
  const cluster = await Cluster.in(folder);
  const coordinator = await cluster.coordinator(options);
  const workers: Child[] = [];
  for (const count of slots) workers.push(await cluster.worker(count));
  await cluster.ask('submit', example.path, '--parallelism', '2');
  await eventually(async () => {
    const { run, endedAt } = await cluster.client.job('card-testing');
    assert.equal(endedAt, undefined, 'it is not over yet');
    return (run?.latestCheckpoint ?? 0) >= 1;
  });
  return { cluster, coordinator, workers, found: () => example.found(), expected: example.expected };
}

async function finished({ cluster, found, expected }: Running): Promise<void> {
  const result = await cluster.ask('result', 'card-testing', '--wait');
  assert.equal(result.exitCode, 0, result.err + result.out);
  assert.deepEqual(found(), expected);
}

describe('a job that is rescaled while it runs', function () {
  this.timeout(120_000);

  it('goes from 2 to 5 to 3 with its state, and neither loses nor doubles an alert', () =>
    inFolder(async (folder) => {
      const job = await running(folder, [3, 3]);
      const { cluster } = job;
      const up = await cluster.ask('rescale', 'card-testing', '--parallelism', '5', '--wait');
      assert.deepEqual([up.exitCode, lastLine(up.out)], [0, 'card-testing has parallelism 5'], up.err);
      const down = await cluster.ask('rescale', 'card-testing', '--parallelism', '3', '--wait');
      assert.deepEqual([down.exitCode, lastLine(down.out)], [0, 'card-testing has parallelism 3'], down.err);
      const { run } = await cluster.client.job('card-testing');
      assert.equal(run?.restarts, 0);
      assert.ok((run?.latestCheckpoint ?? 0) >= 3, 'it went on from checkpoints');
      await finished(job);
    }));

  it('runs on while slots are missing, and comes to it when a worker brings them', () =>
    inFolder(async (folder) => {
      const job = await running(folder, [3]);
      const { cluster } = job;
      const asked = await cluster.ask('rescale', 'card-testing', '--parallelism', '4');
      const waits =
        'card-testing is to have parallelism 4, and runs on until then: 2 slots are missing, as 1 is free\n';
      assert.deepEqual([asked.exitCode, asked.out], [0, waits]);
      const { state, run } = await cluster.client.job('card-testing');
      assert.deepEqual([state, run?.parallelism], ['running', 2]);
      await cluster.worker(1);
      await eventually(async () => (await cluster.client.job('card-testing')).run?.parallelism === 4);
      await finished(job);
    }));

  it('shrinks to the slots that are left when a worker is gone', () =>
    inFolder(async (folder) => {
      const job = await running(folder, [1, 1]);
      await killed(job.workers[1]!);
      await eventually(async () => (await job.cluster.client.job('card-testing')).state === 'waiting-for-slots');
      const down = await job.cluster.ask('rescale', 'card-testing', '--parallelism', '1', '--wait');
      assert.equal(down.exitCode, 0, down.err);
      await finished(job);
    }));

  it('is refused what it cannot have', () =>
    inFolder(async (folder) => {
      const { cluster } = await running(folder, [2]);
      const refused: readonly (readonly [words: readonly string[], code: number, err: RegExp])[] = [
        [['card-testing', '--parallelism', '999999'], 1, /the parallelism is 999999; expected 1 to \d+/],
        [['nobody', '--parallelism', '2'], 1, /there is no job "nobody"/],
        [['card-testing'], 2, /--parallelism is missing/],
        [['card-testing', '--parallelism', '0'], 2, /expected a whole number from 1/],
      ];
      for (const [words, code, err] of refused) {
        const answer = await cluster.ask('rescale', ...words);
        assert.equal(answer.exitCode, code, words.join(' '));
        assert.match(answer.err, err);
      }
      await cluster.ask('cancel', 'card-testing');
      await cluster.ask('result', 'card-testing', '--wait');
      const late = await cluster.ask('rescale', 'card-testing', '--parallelism', '1');
      assert.match(late.err, /error\[TG451\]: the job is cancelled/);
    }));
});
