/** The sink `webhook` with a queue, on a real Redis: every alert is delivered or kept, whoever dies. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { OutgoingRecord, SinkWriter } from '../../src/api/index.js';
import { webhook } from '../../src/webhook/index.js';
import { until } from '../../scripts/services/broker-tools.js';
import { newRedis, redisDatabase } from '../../scripts/services/shared-redis.js';
import { startReceiver, type Answer, type Receiver } from '../http/receiver.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { atLeastOnce } from '../support/writing.js';

/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;
const NAME = 'tidegate-test-events';

describe('the sink webhook with a queue', function () {
  this.timeout(START_MS);
  let url: string;
  let redis: Redis;
  let queue: Queue;
  let dead: Queue;
  let context: TestContext;
  let receiver: Receiver;
  const open: SinkWriter[] = [];

  beforeEach(async () => {
    url = await redisDatabase();
    redis = new Redis(url, { maxRetriesPerRequest: null });
    [queue, dead] = [NAME, `${NAME}-dead`].map((name) => new Queue(name, { connection: redis })) as [Queue, Queue];
    context = { ...createContext({ seed: Math.floor(Math.random() * 2 ** 31) }), now: Date.now };
  });
  afterEach(async () => {
    for (const writer of open.splice(0)) await writer.close().catch(() => undefined);
    await receiver.close();
    await Promise.all([queue.close(), dead.close()]);
    redis.disconnect();
    await context.remove();
  });

  const writerTo = (options: Record<string, unknown> = {}, ofQueue: Record<string, unknown> = {}): SinkWriter => {
    const { options: declared, createSink } = webhook.sink!;
    const queueFields = (declared['queue'] as { fields: Parameters<typeof configured>[0] }).fields;
    const given = {
      ...{ url: receiver.url, backoff: 20, maxBackoff: 50 },
      ...{ queue: configured(queueFields, { url, ...ofQueue }) },
      ...options,
    };
    const writer = createSink(configured(declared, given), context, undefined).createWriter(atLeastOnce());
    open.push(writer);
    return writer;
  };
  const start = async (answer?: Answer, options: Record<string, unknown> = {}): Promise<SinkWriter> => {
    receiver = await startReceiver(answer);
    return writerTo(options);
  };
  const record = (id: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
    ...{ payload: `{"id":"${id}","n":12345678901234567890}`, timestamp: 0, id },
    ...more,
  });
  const ids = (): string[] => receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id).toSorted();
  const counts = () => queue.getJobCounts('wait', 'active', 'delayed', 'failed');

  it('delivers each alert byte for byte with its trace, and has ended when all are delivered', async () => {
    const writer = await start();
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    writer.write(record('a', { traceparent }));
    writer.write(record('b', { payload: Buffer.from([0, 255, 10]) }));
    await writer.end?.();
    assert.equal(receiver.received.length, 2);
    const ofA = receiver.received.find(({ headers }) => headers['traceparent'] === traceparent);
    assert.equal(ofA?.body, record('a').payload);
    assert.ok(receiver.received.some(({ body }) => body === Buffer.from([0, 255, 10]).toString()));
  });

  it('has enqueued at a flush, whatever the receiver does', async () => {
    const writer = await start(() => 'silent');
    for (const id of ['a', 'b', 'c']) writer.write(record(id));
    await writer.flush();
    const { wait = 0, active = 0 } = await counts();
    assert.equal(wait + active, 3);
  });

  it('what comes again after a crash is delivered no second time', async () => {
    const first = await start();
    for (const id of ['a', 'b']) first.write(record(id));
    await first.end?.();
    await first.close();
    const second = writerTo();
    for (const id of ['a', 'b', 'c']) second.write(record(id));
    await second.end?.();
    assert.deepEqual(ids(), ['a', 'b', 'c']);
  });

  it('sends again after 503 with the same key, until the alert is taken', async () => {
    const writer = await start((index) => (index < 3 ? 503 : 200));
    writer.write(record('a'));
    await writer.end?.();
    assert.equal(receiver.received.length, 4);
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size, 1);
  });

  it('holds back the whole queue as long as 429 asks', async () => {
    const answered: number[] = [];
    const writer = await start(
      (index) => {
        answered.push(Date.now());
        return index === 0 ? { status: 429, headers: { 'retry-after': '2' } } : 200;
      },
      { concurrency: 1 },
    );
    for (const id of ['a', 'b', 'c']) writer.write(record(id));
    await writer.end?.();
    assert.deepEqual(ids().length, 4);
    const [first = 0, ...later] = answered;
    // Timers of two machines may differ by a little.
    for (const time of later) assert.ok(time - first >= 1900, `${time - first} ms`);
  });

  it('keeps what was refused, or sent too often, in the queue of dead letters, with the reason', async () => {
    receiver = await startReceiver();
    const refusing = await startReceiver(() => 410);
    const failing = await startReceiver(() => 500);
    writerTo({ url: refusing.url }, { name: 'refused', deadLetters: 'letters' }).write(record('a'));
    writerTo({ url: failing.url, retries: 2 }, { name: 'failing', deadLetters: 'letters' }).write(record('b'));
    for (const writer of open) await writer.end?.();
    const letters = new Queue('letters', { connection: redis });
    const jobs = await letters.getJobs(['wait'], 0, -1, true);
    assert.deepEqual(
      new Map(jobs.map(({ id, data }) => [id, data as unknown])),
      new Map([
        ['a', { body: record('a').payload, reason: `egress events: ${new URL(refusing.url).origin}: answered 410` }],
        [
          'b',
          {
            body: record('b').payload,
            reason: `egress events: ${new URL(failing.url).origin}: answered 500, after 2 retries`,
          },
        ],
      ]),
    );
    assert.deepEqual([refusing.received.length, failing.received.length], [1, 3]);
    await letters.close();
    await Promise.all([refusing.close(), failing.close()]);
  });

  it('drops what was refused where it is told to, and says so', async () => {
    const writer = await start(() => 410, { then: 'drop' });
    writer.write(record('a'));
    await writer.end?.();
    assert.equal(await dead.getWaitingCount(), 0);
    assert.match(context.lines.join('\n'), /answered 410: the alert is dropped/);
  });

  it('a dead letter is delivered when its job is put back into the queue', async () => {
    const writer = await start((index) => (index === 0 ? 410 : 200));
    writer.write(record('a'));
    await writer.end?.();
    const [letter] = await dead.getWaiting();
    await queue.add('again', letter!.data);
    await writer.end?.();
    assert.deepEqual(ids(), ['a', 'a']);
  });

  it('all subtasks together call no more often than rateLimit says', async () => {
    const times: number[] = [];
    receiver = await startReceiver(() => {
      times.push(Date.now());
      return 200;
    });
    const writers = [0, 1].map(() => writerTo({ rateLimit: { requests: 3, per: 1000 } }));
    for (let index = 0; index < 8; index++) writers[index % 2]!.write(record(`r${index}`));
    for (const writer of writers) await writer.end?.();
    assert.equal(receiver.received.length, 8);
    // Eight in windows of three: the last one is in the third window.
    assert.ok(times.at(-1)! - times[0]! >= 1000, `${times.at(-1)! - times[0]!} ms`);
  });

  it('a delivery whose process has died is made by another one when its lock has run out', async () => {
    const hanging = await start(() => 'silent');
    await hanging.close();
    await receiver.close();
    // The process that has the job is gone: nobody extends its lock.
    receiver = await startReceiver();
    await queue.add('delivery', { body: record('a').payload }, { jobId: 'a', attempts: 9 });
    const dying = await import('bullmq').then(
      ({ Worker }) => new Worker(NAME, null, { connection: redis, lockDuration: 500 }),
    );
    assert.equal((await dying.getNextJob('a process that has died'))?.id, 'a');
    const writer = writerTo({}, { lock: 500 });
    await until(async () => receiver.received.length === 1);
    await writer.end?.();
    assert.deepEqual(ids(), ['a']);
    await dying.close(true);
  });

  it('what lies in the queue and is no delivery of ours fails alone', async () => {
    receiver = await startReceiver();
    await queue.add('other', { hello: 'world' });
    const writer = writerTo();
    writer.write(record('a'));
    await writer.end?.();
    assert.deepEqual(ids(), ['a']);
    assert.equal((await queue.getFailed())[0]?.failedReason, 'the data of the job are no delivery');
  });

  it('refuses then: fail, and names that are none', async () => {
    receiver = await startReceiver();
    assert.throws(() => writerTo({ then: 'fail' }), { code: 'invalid-option', message: /does not go with queue/ });
    assert.throws(() => writerTo({}, { name: 'a:b' }), { code: 'invalid-option', message: /takes no colon/ });
  });

  it('a Redis that dies and comes back costs nothing, and one that stays away does not keep close waiting', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-webhook-'));
    const server = await newRedis(folder, { appendonly: 'yes', appendfsync: 'always' });
    try {
      await server.start();
      receiver = await startReceiver();
      const writer = writerTo({}, { url: server.address });
      writer.write(record('a'));
      await writer.end?.();
      await server.stop('SIGKILL');
      writer.write(record('b'));
      await server.start();
      await writer.end?.();
      assert.deepEqual(ids(), ['a', 'b']);
      await server.stop('SIGKILL');
      await writer.close();
      assert.deepEqual(context.failures, []);
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
