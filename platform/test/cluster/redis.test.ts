import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisServer } from '@tidegate/connectors/services/redis-server';
import { newRedis } from '@tidegate/connectors/services/shared-redis';
import { connectRedis } from '../../src/cli/high-availability/redis/redis-connection.js';
import { parseRedisAddress } from '../../src/cli/high-availability/redis/redis-address.js';
import { inFolder, until } from '../applications/child.js';
import { S3Server } from '../cli/storage/s3/s3-server.js';
import { CREDENTIALS } from '../cli/storage/s3/s3-under-test.js';
import { cardTesting, Cluster, eventually, killed } from './cluster.js';

const PAYMENTS = 600_000;
const CHECKPOINT_MS = 100;

describe('a cluster whose coordinators share a Redis', function () {
  this.timeout(120_000);
  let server: RedisServer;
  let folderOfIt: string;
  let options: readonly string[];
  beforeEach(async () => {
    folderOfIt = mkdtempSync(join(tmpdir(), 'tidegate-redis-'));
    server = await newRedis(folderOfIt);
    await server.start();
    options = ['--high-availability', `${server.address}/0`];
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    rmSync(folderOfIt, { recursive: true, force: true });
  });

  const completed = async ({ client }: Cluster): Promise<number> =>
    (await client.job('card-testing')).run?.latestCheckpoint ?? 0;

  it('loses no alert and doubles none when the leader is killed, and no process has a disk in common with another (F12)', () =>
    inFolder(async (folder) => {
      const objects = new S3Server();
      const endpoint = await objects.listen();
      try {
        const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
        const cluster = await Cluster.in(folder, CREDENTIALS);
        // Long enough for a machine that has much else to do.
        const all = [...options, '--lease', '5s', '--checkpoints', 's3://bucket/cluster', '--s3-endpoint', endpoint];
        const leader = await cluster.coordinator([...all, '--state-dir', 'one']);
        const standby = await cluster.standby([...all, '--state-dir', 'two']);
        await cluster.worker(2);
        const submitted = await cluster.ask('submit', example.path, '--parallelism', '2');
        assert.equal(submitted.exitCode, 0, submitted.err);
        await eventually(async () => (await completed(cluster)) >= 1);
        await killed(leader);
        await until(() => standby.err.includes('leads, in term 2'), standby);
        const again = await cluster.askAt(cluster.ports[1], 'submit', example.path, '--parallelism', '2');
        assert.match(again.err, /submitted before/);
        const result = await cluster.askAt(cluster.ports[1], 'result', 'card-testing', '--wait');
        assert.equal(result.exitCode, 0, result.err + result.out + standby.err);
        assert.match(standby.err, /goes on from checkpoint \d+/);
        assert.deepEqual(example.found(), example.expected);
      } finally {
        await objects.close();
      }
    }));

  it('runs its jobs on, checkpoints and all, and has no other leader while the Redis stands still (F17)', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder);
      const leader = await cluster.coordinator(options);
      const standby = await cluster.standby(options);
      const worker = await cluster.worker(1);
      await cluster.ask('submit', example.path);
      await eventually(async () => (await completed(cluster)) >= 1);
      await server.process.signal('SIGSTOP');
      await until(() => leader.err.includes('may lead no more'), leader);
      const then = await completed(cluster);
      await eventually(async () => (await completed(cluster)) >= then + 2);
      await server.process.signal('SIGCONT');
      await until(() => leader.err.includes('leads still'), leader);
      const result = await cluster.ask('result', 'card-testing', '--wait');
      assert.equal(result.exitCode, 0, result.err + result.out);
      assert.doesNotMatch(standby.err, /leads, in term/);
      assert.doesNotMatch(leader.err, /is restarted|worker \S+ is lost/);
      assert.doesNotMatch(worker.err, /no coordinator/);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('ends with TG454 when the Redis was emptied, and does not begin again as if there had been nothing (F18)', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const leader = await cluster.coordinator(options);
      const redis = await connectRedis(parseRedisAddress('test', `${server.address}/0`));
      await redis.flushall();
      redis.disconnect();
      const ended = await leader.finished;
      assert.equal(ended.exitCode, 1);
      assert.match(ended.err, /error\[TG454\]/);
      const anew = await cluster.start(['coordinator', '--state-dir', 'state', ...options]).finished;
      assert.equal(anew.exitCode, 1);
      assert.match(anew.err, /error\[TG454\]: redis:\/\/127\.0\.0\.1:\d+\/0 (has lost|is another)/);
    }));

  it('takes no password from the command line, and tells none (F90)', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const url = server.address.replace('//', '//user:canary-5b1e@');
      const shown = await cluster.start(['coordinator', '--high-availability', url]).finished;
      assert.match(shown.err, /has a password in it.*TIDEGATE_HIGH_AVAILABILITY/);
      const hidden = await cluster.start(['coordinator'], { TIDEGATE_HIGH_AVAILABILITY: url }).finished;
      assert.match(hidden.err, /error\[TG461\]: redis:\/\/127\.0\.0\.1:\d+\/0 cannot be reached: WRONGPASS/);
      for (const { err, out } of [shown, hidden]) assert.ok(!(err + out).includes('canary-5b1e'), err);
    }));
});
