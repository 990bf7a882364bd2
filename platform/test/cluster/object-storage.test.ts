import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, until } from '../applications/child.js';
import { S3Server } from '../cli/storage/s3/s3-server.js';
import { CREDENTIALS } from '../cli/storage/s3/s3-under-test.js';
import { cardTesting, Cluster, eventually, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';

const PAYMENTS = 100_000;
const CHECKPOINT_MS = 200;
const GOES_ON = /goes on from checkpoint \d+/;

describe('a cluster with its checkpoints in object storage', function () {
  this.timeout(120_000);
  let server: S3Server;
  let options: readonly string[];
  beforeEach(async () => {
    server = new S3Server();
    options = ['--checkpoints', 's3://bucket/cluster', '--s3-endpoint', await server.listen()];
  });
  afterEach(() => server.close());

  const keys = (prefix: string): readonly string[] =>
    [...server.objects.keys()].filter((key) => key.startsWith(`bucket/cluster/${prefix}`));

  it('loses no alert and doubles none when a worker on RocksDB and then the coordinator are killed', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, PAYMENTS, CHECKPOINT_MS);
      const cluster = await Cluster.in(folder, CREDENTIALS);
      const first = await cluster.coordinator(options);
      const worker = await cluster.worker(2);
      const submitted = await cluster.ask('submit', example.path, '--parallelism', '2');
      assert.equal(submitted.exitCode, 0, submitted.err);
      const { client } = cluster;
      const completed = async (): Promise<number> => (await client.job('card-testing')).run?.latestCheckpoint ?? 0;
      // Of which later ones refer to files of earlier ones.
      await eventually(async () => (await completed()) >= 2);
      assert.ok(keys('card-testing/state/').some((key) => key.includes('MANIFEST')));
      await killed(worker);
      await cluster.worker(2);
      await until(() => GOES_ON.test(first.err), first);
      await killed(first);
      const second = await cluster.coordinator(options);
      const result = await cluster.ask('result', 'card-testing', '--wait');
      assert.equal(result.exitCode, 0, result.err + result.out + second.err);
      assert.match(second.err, GOES_ON);
      assert.deepEqual(example.found(), example.expected);
      assert.ok(!existsSync(join(folder, 'state', 'jobs', 'card-testing', 'checkpoints')));
      assert.deepEqual([keys('card-testing/state/'), server.uploads.size], [[], 0]);
    }));

  it('says where a savepoint is that ends a job, and goes on from it', () =>
    inFolder(async (folder) => {
      const cluster = await Cluster.in(folder, CREDENTIALS);
      const coordinator = await cluster.coordinator(options);
      await cluster.worker(1);
      const job = await CountingJob.submit(cluster, 1);
      await job.goesOn();
      const place = await cluster.client.stop('counting', false);
      assert.match(place, /^s3:\/\/bucket\/cluster\/counting\/savepoints\/\d+-\d+\/$/);
      await cluster.ask('result', 'counting', '--wait');
      const again = await CountingJob.submit(cluster, 1, { again: true });
      await again.endsExact();
      assert.match(coordinator.err, GOES_ON);
    }));

  it('does not begin with a store that is not fit, and says why', () =>
    inFolder(async (folder) => {
      server.fault = ({ method }) => (method === 'PUT' ? 'write-over' : undefined);
      const cluster = await Cluster.in(folder, CREDENTIALS);
      const { exitCode, err } = await cluster.start(['coordinator', ...options]).finished;
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG460\]: checkpoints cannot be kept in s3:\/\/bucket\/cluster\/: .*If-None-Match/);
    }));
});
