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
import { Cluster, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

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

  it('loses no event and doubles none when the leader is killed, and no process has a disk in common with another (F12)', () =>
    inFolder(async (folder) => {
      const objects = new S3Server();
      const endpoint = await objects.listen();
      try {
        const cluster = await Cluster.in(folder, CREDENTIALS);
        // Long enough for a machine that has much else to do.
        const all = [...options, '--lease', '5s', '--checkpoints', 's3://bucket/cluster', '--s3-endpoint', endpoint];
        const leader = await cluster.coordinator([...all, '--state-dir', 'one']);
        const standby = await cluster.standby([...all, '--state-dir', 'two']);
        await cluster.worker(2);
        const job = await CountingJob.submit(cluster, 2);
        await job.goesOn();
        await killed(leader);
        await until(() => /counting: goes on from checkpoint \d+/.test(standby.err), standby);
        await cluster.startAgain([...all, '--state-dir', 'one']);
        const again = await CountingJob.submit(cluster, 2);
        assert.equal((await again.goesOn()).run?.parallelism, 2);
        await job.endsExact();
      } finally {
        await objects.close();
      }
    }));

  it('runs its jobs on, checkpoints and all, and has no other leader while the Redis stands still (F17)', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder);
      const leader = await cluster.coordinator(options);
      const standby = await cluster.standby(options);
      const worker = await cluster.worker(1);
      const job = await CountingJob.submit(cluster, 1);
      await job.goesOn();
      await server.process.signal('SIGSTOP');
      await until(() => leader.err.includes('may lead no more'), leader);
      await job.goesOn();
      await job.goesOn();
      await server.process.signal('SIGCONT');
      await until(() => leader.err.includes('leads still'), leader);
      assert.equal((await job.goesOn()).run?.restarts, 0);
      assert.doesNotMatch(standby.err, /leads, in term/);
      assert.doesNotMatch(leader.err, /is restarted|worker \S+ is lost/);
      assert.doesNotMatch(worker.err, /no coordinator/);
      await job.endsExact();
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
