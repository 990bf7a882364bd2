/** The sink `bullmq` on a real Redis: what workers of the queue find, whoever dies. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { OutgoingRecord, SinkWriter } from '../../src/api/index.js';
import { bullmq } from '../../src/bullmq/index.js';
import { newRedis, redisDatabase } from '../../scripts/services/shared-redis.js';
import { until } from '../../scripts/services/broker-tools.js';
import { configured } from '../support/configured.js';
import { writeCertificates } from '../support/certificates.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';

/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;

describe('the sink bullmq', function () {
  this.timeout(START_MS);
  let url: string;
  let redis: Redis;
  let queue: Queue;
  let context: TestContext;
  const open: SinkWriter[] = [];

  beforeEach(async () => {
    url = await redisDatabase();
    redis = new Redis(url, { maxRetriesPerRequest: null });
    queue = new Queue('alerts', { connection: redis });
    context = { ...createContext({ seed: Math.floor(Math.random() * 2 ** 31) }), now: Date.now };
  });
  afterEach(async () => {
    for (const writer of open.splice(0)) await writer.close().catch(() => undefined);
    await queue.close();
    redis.disconnect();
    await context.remove();
  });

  const writerTo = (address: string, options: Readonly<Record<string, unknown>> = {}): SinkWriter => {
    const { options: declared, createSink } = bullmq.sink!;
    const sink = createSink(configured(declared, { url: address, queue: 'alerts', ...options }), context, undefined);
    const writer = sink.createWriter(atLeastOnce());
    open.push(writer);
    return writer;
  };
  const record = (id: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
    payload: `{"id":"${id}"}`,
    timestamp: 0,
    id,
    ...more,
  });
  const deliver = async (records: readonly OutgoingRecord[], options: Readonly<Record<string, unknown>> = {}) => {
    const writer = writerTo(url, options);
    for (const one of records) writer.write(one);
    await writer.flush();
    return writer;
  };
  const waiting = async (): Promise<(string | undefined)[]> => (await queue.getWaiting(0, -1)).map(({ id }) => id);
  /** Does all jobs, and gives their ids in the order in which they were done. */
  const doAll = async (count: number): Promise<string[]> => {
    const done: string[] = [];
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const worker = new Worker('alerts', async ({ id }) => void done.push(id!), {
      connection,
    });
    await until(async () => done.length >= count && (await queue.getActiveCount()) === 0);
    await worker.close();
    connection.disconnect();
    return done;
  };

  it('gives the trace that a record is followed in to whoever works the job, as BullMQ’s own producers do', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await deliver([record('followed', { traceparent }), record('other')]);
    const carried = async (id: string) => (await Job.fromId(queue, id))?.opts.telemetry?.metadata;
    assert.deepEqual(JSON.parse((await carried('followed')) ?? ''), { traceparent });
    assert.equal(await carried('other'), undefined);
  });

  it('a record is a job with the id of its alert, in the order of writing, and is there at a flush', async () => {
    await deliver([record('a'), record('b'), record('c')]);
    const jobs = await queue.getWaiting();
    assert.deepEqual(
      jobs.map(({ id, name, data }) => [id, name, data]),
      ['a', 'b', 'c'].map((id) => [id, 'alert', { id }]),
    );
  });

  it('name, delay, priority, attempts and backoff come from the values of their expressions', async () => {
    const values = { name: 'takeover', delay: 60_000, priority: 3, attempts: 5, 'backoff.delay': 2_000 };
    await deliver([record('a', { values })], { backoff: { type: 'fixed' } });
    const [job] = await queue.getDelayed();
    assert.equal(job?.name, 'takeover');
    const { delay, priority, attempts, backoff } = job!.opts;
    assert.deepEqual(
      { delay, priority, attempts, backoff },
      {
        delay: 60_000,
        priority: 3,
        attempts: 5,
        backoff: { type: 'fixed', delay: 2_000 },
      },
    );
  });

  it('values beyond the bounds of BullMQ are brought to the nearest, and those that are no number are not set', async () => {
    const values = { delay: -5, priority: 1e12, attempts: 0, 'backoff.delay': 'soon' };
    await deliver([record('a', { values }), record('b', { values: { priority: Number.NaN, delay: 'x' } })]);
    const a = await queue.getJob('a');
    assert.deepEqual(
      [a?.opts.delay, a?.opts.priority, a?.opts.attempts, a?.opts.backoff],
      [0, 2_097_151, 1, undefined],
    );
    const b = await queue.getJob('b');
    assert.deepEqual([b?.opts.delay, b?.opts.priority], [undefined, undefined]);
  });

  it('a constant name is that of all jobs', async () => {
    await deliver([record('a')], { name: 'notify' });
    assert.equal((await queue.getJob('a'))?.name, 'notify');
  });

  it('what comes again after a crash enqueues nothing twice, whatever became of its job', async () => {
    await deliver([record('a'), record('b')]);
    await deliver([record('a'), record('b'), record('c')]);
    assert.deepEqual(await waiting(), ['a', 'b', 'c']);
    assert.deepEqual(await doAll(3), ['a', 'b', 'c']);
    await deliver([record('a'), record('b'), record('c')]);
    assert.deepEqual(await waiting(), []);
  });

  it('what comes again enqueues nothing twice where its job is done and removed', async () => {
    await deliver([record('a')], { keepCompleted: 0 });
    assert.deepEqual(await doAll(1), ['a']);
    const job = await Job.fromId(queue, 'a');
    await job?.remove();
    assert.equal(await redis.exists('bull:alerts:a'), 0);
    await deliver([record('a'), record('b')], { keepCompleted: 0 });
    assert.deepEqual(await waiting(), ['b']);
  });

  it('two records without an id are two jobs, even when they are equal', async () => {
    await deliver([
      { payload: '{}', timestamp: 0 },
      { payload: '{}', timestamp: 0 },
    ]);
    assert.equal((await waiting()).length, 2);
  });

  it('F74: whole numbers beyond 2^53 lie in Redis as they were written, and what is no JSON is a text', async () => {
    await deliver([record('a', { payload: '{"n":9007199254740993}' }), record('b', { payload: 'x,"y"' })]);
    assert.equal(await redis.hget('bull:alerts:a', 'data'), '{"n":9007199254740993}');
    assert.equal(await redis.hget('bull:alerts:b', 'data'), JSON.stringify('x,"y"'));
  });

  it('ids that BullMQ would not take are written in a form that it takes', async () => {
    await deliver([record('12345'), record('a:b')]);
    assert.deepEqual(await waiting(), ['id-12345', 'a-b']);
  });

  it('keeps order over many batches, and says when it takes no more', async () => {
    const writer = writerTo(url);
    const ids = Array.from({ length: 1500 }, (_, index) => `id-${index}`);
    const text = 'x'.repeat(4000);
    let refused = 0;
    for (const id of ids) {
      if (!writer.ready()) {
        refused++;
        await new Promise<void>((resume) => writer.onReady(resume));
      }
      writer.write(record(id, { payload: JSON.stringify({ id, text }) }));
    }
    await writer.flush();
    assert.deepEqual(await waiting(), ids);
    assert.ok(refused > 0, 'six megabytes are more than may wait');
  });

  describe('where Redis fails', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tidegate-redis-test-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it('a server that is killed and comes back gets each record once, in order, and the wait is said', async () => {
      const server = await newRedis(folder, { appendfsync: 'always' });
      await server.start();
      try {
        const writer = writerTo(server.address);
        writer.write(record('a'));
        await writer.flush();
        await server.stop('SIGKILL');
        writer.write(record('b'));
        writer.write(record('c'));
        const flushed = writer.flush();
        await until(async () => context.lines.some((line) => /cannot be reached.*trying again/.test(line)));
        await server.start();
        await flushed;
        const client = new Redis(server.address, { maxRetriesPerRequest: null });
        assert.deepEqual((await client.lrange('bull:alerts:wait', 0, -1)).reverse(), ['a', 'b', 'c']);
        client.disconnect();
        assert.deepEqual(context.failures, []);
      } finally {
        await server.stop();
      }
    });

    it('a server that is gone holds up no close, and its last alerts are no failure', async () => {
      const server = await newRedis(folder);
      await server.start();
      const writer = writerTo(server.address, { retryFor: 3_600_000 });
      writer.write(record('a'));
      await writer.flush();
      await server.stop('SIGKILL');
      writer.write(record('b'));
      // As long as it would be tried otherwise, no test may take.
      await writer.close();
      assert.deepEqual(context.failures, []);
    });

    it('a server that speaks TLS is reached by rediss with a password, and by whom its certificate is of only', async () => {
      await writeCertificates(folder, ['server']);
      const [certificate, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => join(folder, name));
      const tls = { certificate: certificate!, key: key! };
      const server = await newRedis(folder, { requirepass: 'c4n4ry' }, { tls });
      await server.start();
      try {
        const address = server.address.replace('//', '//:c4n4ry@');
        const writer = writerTo(address, { tls: { ca } });
        writer.write(record('a'));
        await writer.flush();
        for (const [other, reason] of [
          [writerTo(address, { retryFor: 300 }), /SELF_SIGNED|UNABLE_TO|CERT/],
          [writerTo(address.replace('rediss', 'redis'), { retryFor: 300 }), /cannot be reached|hung up/],
        ] as const) {
          other.write(record('b'));
          await assert.rejects(other.flush(), { code: 'unavailable', message: reason });
        }
      } finally {
        await server.stop('SIGKILL');
      }
    });

    it('a server that stands still is given up command by command, and gets each record once when it goes on', async () => {
      const server = await newRedis(folder);
      await server.start();
      try {
        const writer = writerTo(server.address, { timeout: 300 });
        writer.write(record('a'));
        await writer.flush();
        await server.process.signal('SIGSTOP');
        writer.write(record('b'));
        const flushed = writer.flush();
        await until(async () => context.lines.some((line) => /timed out/.test(line)));
        await server.process.signal('SIGCONT');
        await flushed;
        const client = new Redis(server.address, { maxRetriesPerRequest: null });
        assert.deepEqual((await client.lrange('bull:alerts:wait', 0, -1)).reverse(), ['a', 'b']);
        client.disconnect();
      } finally {
        await server.stop('SIGKILL');
      }
    });

    it('a server whose memory is full is waited for, and fails the job with words for it when that takes too long', async () => {
      const server = await newRedis(folder, { maxmemory: '3mb' });
      await server.start();
      const client = new Redis(server.address, { maxRetriesPerRequest: null });
      try {
        const fill = (): Promise<unknown> => client.append('ballast', 'x'.repeat(64 * 1024));
        for (let isFull = false; !isFull;)
          isFull = await fill().then(
            () => false,
            () => true,
          );
        const writer = writerTo(server.address, { retryFor: 500 });
        writer.write(record('a', { payload: JSON.stringify('y'.repeat(100_000)) }));
        await assert.rejects(writer.flush(), { code: 'unavailable', message: /memory is full \(maxmemory\)/ });
        assert.match(String(context.failures[0]), /memory is full/);
        await client.del('ballast');
        const next = writerTo(server.address);
        next.write(record('a'));
        await next.flush();
        assert.equal(await client.exists('bull:alerts:a'), 1);
      } finally {
        client.disconnect();
        await server.stop('SIGKILL');
      }
    });

    it('a server that throws keys away when it is full is refused, unless that is allowed', async () => {
      const server = await newRedis(folder, { maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' });
      await server.start();
      try {
        const writer = writerTo(server.address);
        writer.write(record('a'));
        await assert.rejects(writer.flush(), {
          code: 'invalid-option',
          message: /maxmemory-policy allkeys-lru.*allowEviction/,
        });
        const allowed = writerTo(server.address, { allowEviction: true });
        allowed.write(record('a'));
        await allowed.flush();
        assert.match(context.lines.join('\n'), /jobs are lost/);
      } finally {
        await server.stop();
      }
    });

    it('a server that is not there fails the job when retryFor is over, with the address and the reason', async () => {
      const server = await newRedis(folder);
      const writer = writerTo(server.address, { retryFor: 300 });
      writer.write(record('a'));
      await assert.rejects(writer.flush(), { code: 'unavailable', retriable: true, message: /ECONNREFUSED/ });
    });

    it('F90: a password is used, and is in no message, neither a wrong one nor that of a server that is away', async () => {
      const server = await newRedis(folder, { requirepass: 'c4n4ry-right' });
      await server.start();
      const withPassword = (password: string): string => server.address.replace('//', `//:${password}@`);
      try {
        const right = writerTo(withPassword('c4n4ry-right'));
        right.write(record('a'));
        await right.flush();
        const wrong = writerTo(withPassword('c4n4ry-wrong'), { retryFor: 300 });
        wrong.write(record('a'));
        await assert.rejects(wrong.flush(), (error: Error) => {
          assert.match(error.message, /WRONGPASS|NOAUTH|password/i);
          return true;
        });
      } finally {
        await server.stop();
      }
      const away = writerTo(withPassword('c4n4ry-right'), { retryFor: 300 });
      away.write(record('a'));
      await assert.rejects(away.flush());
      const { inspect } = await import('node:util');
      assert.doesNotMatch(inspect([context.failures, context.lines], { depth: 10 }), /c4n4ry/);
    });
  });

  for (const bad of ['localhost:6379', 'http://localhost:6379', 'redis://:s3cret@', 'redis://h:1/zero', '']) {
    it(`what is no URL of a Redis is refused without being repeated: ${JSON.stringify(bad)}`, () => {
      assert.throws(
        () => writerTo(bad),
        (error: Error) => {
          assert.match(error.message, /the URL of Redis is none/);
          assert.doesNotMatch(error.message, /s3cret/);
          return true;
        },
      );
    });
  }

  it('a name that BullMQ takes for no queue is refused when the sink is made', () => {
    assert.throws(() => writerTo(url, { queue: 'a:b' }), { code: 'invalid-option', message: /colon/ });
  });
});
