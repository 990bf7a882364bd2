/** Servers for tests and examples: a Redis as it is started here. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { DockerContainer, hasDockerEngine } from '../scripts/services/docker-container.js';
import { redisProgram } from '../scripts/services/redis-program.js';
import { newRedis, redisDatabase } from '../scripts/services/shared-redis.js';

/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;

describe('servers for tests', function () {
  this.timeout(START_MS);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-services-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const inRedis = async <T>(url: string, act: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(url, { maxRetriesPerRequest: null });
    try {
      return await act(client);
    } finally {
      client.disconnect();
    }
  };

  it('the shared Redis gives whoever asks a database of their own', async () => {
    const [one, other] = [await redisDatabase(), await redisDatabase()];
    await inRedis(one, (client) => client.set('name', 'one'));
    assert.equal(await inRedis(other, (client) => client.get('name')), null);
    assert.equal(await inRedis(one, (client) => client.get('name')), 'one');
  });

  it('a Redis of a test keeps over a kill what it acknowledged, and its settings hold', async () => {
    const server = await newRedis(folder, { appendfsync: 'always', maxmemory: '100mb' });
    await server.start();
    try {
      await inRedis(server.address, (client) => client.set('name', 'kept'));
      await server.stop('SIGKILL');
      assert.equal(await server.isRunning(), false);
      await server.start();
      assert.equal(await inRedis(server.address, (client) => client.get('name')), 'kept');
      const setting = await inRedis(server.address, (client) => client.config('GET', 'maxmemory'));
      assert.deepEqual(setting, ['maxmemory', String(100 * 1024 * 1024)]);
    } finally {
      await server.stop();
    }
  });

  it('what is missing is said where Maven Central has no Redis for the platform', async () => {
    await onPath('', async () => {
      await assert.rejects(redisProgram(folder, 'aix-ppc64'), {
        name: 'ServiceError',
        message: /no Redis for aix-ppc64.*Install `redis-server`.*REDIS_URL/,
      });
    });
  });

  it('what is missing is said where there is neither Redis nor Maven', async () => {
    await onPath('', async () => {
      await assert.rejects(redisProgram(folder), { name: 'ServiceError', message: /Maven \(`mvn`\) is not installed/ });
    });
  });

  it('a container is started, asked after and stopped by the Docker client', async () => {
    const calls = join(folder, 'calls');
    // The client as a script: `ps` answers an id once `run` was called.
    const script = `#!/bin/sh\necho "$@" >> ${calls}\n[ "$1" = ps ] && [ -e ${folder}/running ] && echo 4d1f\n[ "$1" = run ] && : > ${folder}/running\nexit 0\n`;
    await writeFile(join(folder, 'docker'), script, { mode: 0o755 });
    const container = new DockerContainer({
      name: 'tidegate-redis',
      image: 'redis:7',
      ports: [6379, 16379],
      data: '/data',
      words: ['redis-server'],
      address: 'redis://127.0.0.1:16379',
      givenBy: 'REDIS_URL',
    });
    await onPath(`${folder}${delimiter}`, async () => {
      assert.equal(await hasDockerEngine(), true);
      assert.equal(await container.isRunning(), false);
      await container.start();
      assert.equal(await container.isRunning(), true);
      await container.stop();
    });
    const said = await readFile(calls, 'utf8');
    assert.match(
      said,
      /^run .*--publish 127\.0\.0\.1:16379:6379 --volume tidegate-redis:\/data redis:7 redis-server$/m,
    );
    assert.match(said, /^stop tidegate-redis$/m);
  });

  /** `folders` alone, and what a shell needs, stand in the search path while `act` runs. */
  async function onPath(folders: string, act: () => Promise<void>): Promise<void> {
    const before = process.env['PATH'];
    process.env['PATH'] = folders === '' ? '' : `${folders}/bin`;
    try {
      await act();
    } finally {
      process.env['PATH'] = before;
    }
  }
});
