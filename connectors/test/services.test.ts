/** Servers for tests and examples: a Redis as it is started here. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { ContainerOrProcess } from '../scripts/services/container-or-process.js';
import { kafkaContainer, redisContainer } from '../scripts/services/containers.js';
import { redisProgram } from '../scripts/services/redis-program.js';
import { newRedis, redisDatabase } from '../scripts/services/shared-redis.js';

const fail = (): never => assert.fail('a process is started, though there is a Docker engine');

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

  it('containers are started, waited for, asked after and stopped by the Docker client', async () => {
    const calls = join(folder, 'calls');
    // The client as a script: `ps` answers an id once `run` was called, `exec` succeeds at its second try.
    const script = `#!/bin/sh
echo "$@" >> ${calls}
case "$1" in
  ps) [ -e ${folder}/running ] && echo 4d1f ;;
  run) : > ${folder}/running ;;
  exec) [ -e ${folder}/asked ] || { : > ${folder}/asked; exit 1; } ;;
esac
exit 0
`;
    await writeFile(join(folder, 'docker'), script, { mode: 0o755 });
    const process = {
      address: '',
      givenBy: '',
      start: fail,
      stop: async () => undefined,
      isRunning: async () => false,
    };
    const service = new ContainerOrProcess(kafkaContainer(19092), process);
    await onPath(`${folder}${delimiter}`, async () => {
      assert.equal(await service.isRunning(), false);
      await service.start();
      assert.equal(await service.isRunning(), true);
      await service.stop();
      await new ContainerOrProcess(redisContainer(16379), process).start();
    });
    const said = await readFile(calls, 'utf8');
    assert.match(said, /^run .*--publish 127\.0\.0\.1:19092:19092 --volume tidegate-kafka:\/var\/lib\/kafka\/data /m);
    assert.match(said, /--env KAFKA_ADVERTISED_LISTENERS=PLAINTEXT:\/\/127\.0\.0\.1:19092 .*apache\/kafka:[\d.]+$/m);
    assert.equal(said.match(/^exec tidegate-kafka .*kafka-topics\.sh/gm)?.length, 2);
    assert.match(said, /^stop tidegate-kafka$/m);
    assert.match(said, /--publish 127\.0\.0\.1:16379:6379 --volume tidegate-redis:\/data redis:\S+ redis-server/);
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
