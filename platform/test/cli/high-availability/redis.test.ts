import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRedis, redisDatabase } from '@tidegate/connectors/services/shared-redis';
import { checkPersistence } from '../../../src/cli/high-availability/redis/persistence.js';
import { parseRedisAddress, redisText } from '../../../src/cli/high-availability/redis/redis-address.js';
import { connectRedis } from '../../../src/cli/high-availability/redis/redis-connection.js';
import { openRedisServices } from '../../../src/cli/high-availability/redis/redis-services.js';
import { RedisStorage } from '../../../src/cli/high-availability/redis/redis-storage.js';
import { StorageLeaseStore } from '../../../src/coordinator/election/storage-lease-store.js';
import { storageConformance } from '../../common/storage-conformance.js';
import { describeHighAvailability } from '../../coordinator/election/high-availability-conformance.js';
import { describeLeaseStore } from '../../coordinator/election/lease-store-conformance.js';

const PLACE = 'redis://test';
const connect = (url: string): Promise<Redis> => connectRedis(parseRedisAddress('test', url));

/** A database of its own, and connections to it. */
async function database(): Promise<{ open(): Promise<Redis>; close(): void; readonly opened: readonly Redis[] }> {
  const url = await redisDatabase();
  const opened: Redis[] = [];
  return {
    opened,
    open: async () => {
      const redis = await connect(url);
      opened.push(redis);
      return redis;
    },
    close: () => opened.forEach((redis) => redis.disconnect()),
  };
}

async function disconnected(redis: Redis): Promise<void> {
  const ended = once(redis, 'end');
  redis.disconnect();
  await ended;
}

describe('a Redis', function () {
  this.timeout(60_000);

  describe('as storage of small files', () => {
    let redis: Redis;
    beforeEach(async () => (redis = await connect(await redisDatabase())));
    afterEach(() => redis.disconnect());

    storageConformance(() => new RedisStorage(redis, 'test', PLACE));

    it('keeps what two clusters have in it apart', async () => {
      const [one, other] = ['one', 'other'].map((cluster) => new RedisStorage(redis, cluster, PLACE));
      await one!.request({ op: 'create', name: 'jobs/a', bytes: Uint8Array.of(1) });
      assert.deepEqual(await other!.request({ op: 'list', prefix: '' }), { ok: true, names: [] });
    });

    it('answers io when it is away, and not later when it is back', async () => {
      const storage = new RedisStorage(redis, 'test', PLACE);
      await disconnected(redis);
      const answer = await storage.request({ op: 'create', name: 'jobs/a', bytes: Uint8Array.of(1) });
      assert.equal(!answer.ok && answer.code, 'io');
      await redis.connect();
      assert.deepEqual(await storage.request({ op: 'list', prefix: '' }), { ok: true, names: [] });
    });

    it('answers io when it stands still, within the time that a command has', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-still-'));
      const server = await newRedis(folder);
      await server.start();
      const still = await connect(`${server.address}/0`);
      try {
        await server.process.signal('SIGSTOP');
        const answer = await new RedisStorage(still, 'test', PLACE).request({ op: 'list', prefix: '' });
        assert.equal(!answer.ok && answer.code, 'io');
      } finally {
        still.disconnect();
        await server.process.signal('SIGCONT');
        await server.stop('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

  describeLeaseStore('in a Redis', async () => {
    const { open, close, opened } = await database();
    const views = await Promise.all(Array.from({ length: 8 }, open));
    let next = 0;
    return {
      open: () => new StorageLeaseStore(new RedisStorage(views[next++ % views.length]!, 'test', PLACE)),
      wipe: async () => void (await opened[0]?.flushdb()),
      close: () => Promise.resolve(close()),
    };
  });

  describeHighAvailability('by a Redis', async () => {
    const { open, close, opened } = await database();
    const own = await open();
    const saved = new Map<string, Buffer>();
    return {
      open: async () => {
        const redis = await open();
        const storage = new RedisStorage(redis, 'test', PLACE);
        return {
          leases: new StorageLeaseStore(storage),
          jobs: storage,
          close: () => Promise.resolve(redis.disconnect()),
        };
      },
      cut: async () => void (await Promise.all(opened.map(disconnected))),
      mend: async () => void (await Promise.all(opened.map((redis) => redis.connect()))),
      wipe: async () => void (await own.flushdb()),
      save: async () => {
        for (const key of await own.keys('*')) saved.set(key, (await own.dumpBuffer(key))!);
      },
      restore: async () => {
        await own.flushdb();
        for (const [key, content] of saved) await own.restore(key, 0, content);
      },
      close: () => Promise.resolve(close()),
    };
  });

  describe('of which a coordinator asks that it keeps what it is given', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tidegate-redis-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const open = (url: string, log: (message: string) => void = () => undefined) =>
      openRedisServices({ address: parseRedisAddress('test', url), cluster: 'test', stateDir: folder, log });

    const settings: [what: string, settings: Record<string, string>, refused: RegExp | undefined, warned: RegExp[]][] =
      [
        ['keeps all', { appendfsync: 'always' }, undefined, []],
        ['may lose what was written last', {}, undefined, [/appendfsync everysec/]],
        ['forgets when it is started again', { appendonly: 'no' }, /appendonly no.*Set `appendonly yes`/, []],
        [
          'drops keys when it is full',
          { maxmemory: '8mb', 'maxmemory-policy': 'allkeys-lru' },
          /maxmemory-policy allkeys-lru/,
          [],
        ],
      ];
    for (const [what, given, refused, warned] of settings) {
      it(`${refused === undefined ? 'takes' : 'refuses'} one that ${what}`, async () => {
        const server = await newRedis(folder, given);
        await server.start();
        const redis = await connect(`${server.address}/0`);
        try {
          const checked = checkPersistence(redis, PLACE);
          if (refused !== undefined) return await assert.rejects(checked, { code: 'TG461', message: refused });
          const warnings = await checked;
          assert.equal(warnings.length, warned.length, warnings.join());
          warned.forEach((text, index) => assert.match(warnings[index] ?? '', text));
        } finally {
          redis.disconnect();
          await server.stop('SIGKILL');
        }
      });
    }

    it('takes one whose configuration it may not read, and says what is to be seen to', async () => {
      const server = await newRedis(folder);
      await server.start();
      const redis = await connect(`${server.address}/0`);
      await redis.call('ACL', 'SETUSER', 'hosted', 'on', '>secret', '~*', '+@all', '-config');
      const hosted = await connect(server.address.replace('//', '//hosted:secret@'));
      try {
        const warnings = await checkPersistence(hosted, PLACE);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', /does not let its configuration be read/);
      } finally {
        hosted.disconnect();
        redis.disconnect();
        await server.stop('SIGKILL');
      }
    });

    it('says so when nobody answers', async () => {
      await assert.rejects(open('redis://127.0.0.1:1/0'), {
        code: 'TG461',
        message: /redis:\/\/127\.0\.0\.1:1\/0 cannot be reached/,
      });
    });

    it('is told that the store was wiped while no coordinator ran, or is another one (F18)', async () => {
      const server = await newRedis(join(folder, 'server'), { appendfsync: 'always' });
      await server.start();
      const url = `${server.address}/0`;
      const redis = await connect(url);
      try {
        await (await open(url)).close();
        await (await open(url)).close();
        await redis.flushdb();
        await assert.rejects(open(url), { code: 'TG454', message: /has lost what coordinators kept there/ });
        const { 0: other } = [`${server.address}/1`];
        rmSync(join(folder, 'high-availability'));
        await (await open(other!)).close();
        rmSync(join(folder, 'high-availability'));
        await (await open(url)).close();
        await assert.rejects(open(other!), { code: 'TG454', message: /is another store/ });
      } finally {
        redis.disconnect();
        await server.stop('SIGKILL');
      }
    });
  });

  describe('by its address', () => {
    const addresses: [text: string, place: string | undefined][] = [
      ['redis://127.0.0.1:6379/0', 'redis://127.0.0.1:6379/0'],
      ['redis://example.org', 'redis://example.org:6379/0'],
      ['rediss://user:pa%40ss@[::1]:7000/3', 'rediss://[::1]:7000/3'],
      ['http://example.org', undefined],
      ['redis://', undefined],
      ['redis://example.org/first', undefined],
      ['redis://example.org/0?x=y', undefined],
      ['127.0.0.1:6379', undefined],
    ];
    for (const [text, place] of addresses) {
      it(`${text} is ${place ?? 'refused'}`, () => {
        if (place === undefined)
          assert.throws(() => parseRedisAddress('--x', text), /^Error: --x: the URL of Redis is none/);
        else assert.equal(redisText(parseRedisAddress('--x', text)), place);
      });
    }

    it('has its user and password taken out of it', () => {
      const { username, password } = parseRedisAddress('--x', 'redis://user:pa%40ss@example.org');
      assert.deepEqual([username, password], ['user', 'pa@ss']);
    });
  });
});
