/** The source `bullmq` on a real Redis: each job is given once, and completed with the checkpoint that holds it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Source, SourceReader, SourceSplit } from '../../src/api/index.js';
import { bullmq } from '../../src/bullmq/index.js';
import { json } from '../../src/formats/index.js';
import { until } from '../../scripts/services/broker-tools.js';
import type { RedisServer } from '../../scripts/services/redis-server.js';
import { newRedis, redisDatabase } from '../../scripts/services/shared-redis.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { Polls, type ReadRecord } from '../support/reading.js';

/** A machine that has never started a server fetches it first. */
const START_MS = 300_000;

describe('the source bullmq', function () {
  this.timeout(START_MS);
  let url: string;
  let redis: Redis;
  let queue: Queue;
  let context: TestContext;
  const open: SourceReader[] = [];

  const use = (address: string): void => {
    url = address;
    redis = new Redis(url, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    queue = new Queue('payments', { connection: redis });
    queue.on('error', () => undefined);
  };
  beforeEach(async () => {
    use(await redisDatabase());
    context = { ...createContext({ seed: Math.floor(Math.random() * 2 ** 31) }), now: Date.now };
  });
  afterEach(async () => {
    for (const reader of open.splice(0)) await reader.close();
    await queue.close();
    redis.disconnect();
    await context.remove();
  });

  interface Attempt {
    readonly reader: SourceReader;
    readonly polls: Polls;
    take(checkpoint: number): readonly SourceSplit[];
  }
  const source = (options: Readonly<Record<string, unknown>> = {}): Source => {
    const { options: declared, createSource } = bullmq.source!;
    const all = configured<Record<string, unknown>>(declared, { url, queue: 'payments', ...options });
    return createSource(all, createFormat(json), context);
  };
  /** @param from what a checkpoint held; undefined: from the beginning */
  const attempt = async (
    options: Readonly<Record<string, unknown>> = {},
    from?: readonly SourceSplit[],
  ): Promise<Attempt> => {
    const made = source(options);
    const splits = from ?? (await made.createEnumerator([]).discover());
    const reader = made.createReader();
    open.push(reader);
    reader.addSplits(splits);
    reader.noMoreSplits();
    return { reader, polls: new Polls(reader, context), take: (checkpoint) => reader.snapshot(checkpoint) };
  };
  /** On a server of its own, which the body may kill. */
  const onOwnServer = async (body: (server: RedisServer) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-redis-test-'));
    const server = await newRedis(folder, { appendfsync: 'always' });
    await server.start();
    await queue.close();
    redis.disconnect();
    use(server.address);
    try {
      await body(server);
    } finally {
      for (const reader of open.splice(0)) await reader.close();
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  };
  /** As a process that is killed: nothing is completed or given back. */
  const kill = async ({ reader }: Attempt): Promise<void> => {
    open.splice(open.indexOf(reader), 1);
    await reader.close();
  };
  const add = (...ids: readonly string[]): Promise<unknown> =>
    queue.addBulk(ids.map((id) => ({ name: 'payment', data: { id }, opts: { jobId: id } })));
  const idsOf = (records: readonly ReadRecord[]): string[] =>
    records.map(({ payload }) => (JSON.parse(payload as string) as { id: string }).id);
  const counts = async (): Promise<Record<string, number>> =>
    queue.getJobCounts('wait', 'active', 'completed', 'failed');
  const completed = async (): Promise<string[]> => (await queue.getCompleted()).map(({ id }) => id!).toSorted();

  it('gives jobs in the order of the queue, and completes them when their checkpoint is complete, not before', async () => {
    await add('a', 'b', 'c');
    const { reader, polls, take } = await attempt();
    assert.deepEqual(idsOf(await polls.records(3)), ['a', 'b', 'c']);
    take(1);
    assert.deepEqual(await counts(), { wait: 0, active: 3, completed: 0, failed: 0 });
    reader.notifyComplete(1);
    await until(async () => (await counts())['completed'] === 3);
    // The answers to that may still be on their way.
    let checkpoint = 2;
    await until(async () => (take(checkpoint++)[0]?.state as { readonly jobs: readonly string[] }).jobs.length === 0);
  });

  it('a job that was given behind the barrier is not completed with it', async () => {
    await add('a');
    const { reader, polls, take } = await attempt();
    await polls.records(1);
    take(1);
    await add('b');
    await polls.records(1);
    reader.notifyComplete(1);
    await until(async () => (await counts())['completed'] === 1);
    assert.deepEqual([await completed(), (await counts())['active']], [['a'], 1]);
  });

  it('gives the traces that BullMQ’s producers have put into their jobs', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const followed = { metadata: JSON.stringify({ traceparent, baggage: 'k=v' }) };
    await queue.addBulk([
      { name: 'payment', data: {}, opts: { telemetry: followed } },
      { name: 'payment', data: {}, opts: { telemetry: { metadata: 'no JSON' } } },
      { name: 'payment', data: {} },
    ]);
    const { polls } = await attempt();
    const headers: unknown[] = [];
    while (headers.length < 3) {
      const result = await polls.next();
      assert.ok(result.kind === 'batch');
      headers.push(...(result.batch.headers ?? result.batch.payloads.map(() => undefined)));
    }
    assert.deepEqual(headers, [{ traceparent }, undefined, undefined]);
  });

  it('F4: a job that no checkpoint holds is given again by the next attempt, at once and at the same offset', async () => {
    await add('a', 'b');
    const first = await attempt();
    const before = await first.polls.records(2);
    await kill(first);
    const next = await attempt();
    const after = await next.polls.records(2);
    assert.deepEqual(
      after.toSorted((x, y) => x.offset - y.offset),
      before.toSorted((x, y) => x.offset - y.offset),
    );
  });

  it('F5: a job that a complete checkpoint holds is completed by the next attempt and not given again', async () => {
    await add('a', 'b');
    const first = await attempt();
    await first.polls.records(1);
    const state = first.take(1);
    await first.polls.records(1);
    await kill(first);
    assert.equal((await counts())['completed'], 0);
    const next = await attempt({}, state);
    assert.deepEqual(idsOf(await next.polls.records(1)), ['b']);
    await until(async () => (await completed()).includes('a'));
    assert.equal((await counts())['active'], 1);
  });

  it('F5: a job that was completed before the reader died is forgotten by the next attempt', async () => {
    await add('a');
    const first = await attempt();
    await first.polls.records(1);
    const state = first.take(1);
    first.reader.notifyComplete(1);
    await until(async () => (await counts())['completed'] === 1);
    await kill(first);
    await queue.remove('a');
    const next = await attempt({}, state);
    await add('b');
    assert.deepEqual(idsOf(await next.polls.records(1)), ['b']);
    await until(async () => !(next.take(2)[0]!.state as { jobs: string[] }).jobs.includes('a'));
  });

  it('F7: a job whose lock ran out comes again and is not counted twice, before its checkpoint and behind it', async () => {
    await add('a', 'b');
    const { reader, polls, take } = await attempt({ lock: 600 });
    await polls.records(2);
    // As after standing still for longer than the lock: nobody holds them.
    const unlocked = async (): Promise<void> => {
      for (const id of ['a', 'b']) await redis.del(`bull:payments:${id}:lock`);
    };
    await unlocked();
    await add('c');
    assert.deepEqual(idsOf(await polls.records(1)), ['c']);
    take(1);
    await unlocked();
    reader.notifyComplete(1);
    await until(async () => (await counts())['completed'] === 3);
    await add('d');
    assert.deepEqual(idsOf(await polls.records(1)), ['d']);
    assert.deepEqual(await completed(), ['a', 'b', 'c']);
    assert.equal((await counts())['failed'], 0);
  });

  it('locks are extended for as long as a job waits for its checkpoint', async () => {
    await add('a');
    const { polls } = await attempt({ lock: 400 });
    await polls.records(1);
    const began = Date.now();
    await until(async () => Date.now() - began > 1500);
    assert.equal(await redis.exists('bull:payments:a:lock'), 1);
    assert.deepEqual(await counts(), { wait: 0, active: 1, completed: 0, failed: 0 });
  });

  it('takes no more than prefetch, and goes on when a checkpoint made room', async () => {
    await add('a', 'b', 'c', 'd', 'e');
    const { reader, polls, take } = await attempt({ prefetch: 2 });
    assert.deepEqual(idsOf(await polls.records(2)), ['a', 'b']);
    assert.deepEqual(await counts(), { wait: 3, active: 2, completed: 0, failed: 0 });
    take(1);
    reader.notifyComplete(1);
    assert.deepEqual(idsOf(await polls.records(2)), ['c', 'd']);
  });

  it('ends, where it is to end, when nothing is left and all that was taken is completed', async () => {
    await add('a', 'b');
    const { reader, polls, take } = await attempt({ end: 'drained' });
    await polls.records(2);
    const end = polls.next();
    take(1);
    reader.notifyComplete(1);
    const { kind } = await end;
    assert.equal(kind, 'split-end');
    assert.deepEqual(await completed(), ['a', 'b']);
    assert.equal((await polls.next()).kind, 'end');
  });

  it('what BullMQ knows of a job can be fields of the record', async () => {
    await queue.add('refund', { id: 'x' }, { jobId: 'j1', priority: 7, timestamp: 1_700_000_000_123 });
    const names = { id: 'jobId', name: 'kind', attempts: 'tries', timestamp: 'queuedAt', priority: 'rank' };
    const { polls } = await attempt({ fields: names });
    const [record] = await polls.records(1);
    assert.deepEqual(
      { ...(record?.payload as object) },
      {
        id: 'x',
        jobId: 'j1',
        kind: 'refund',
        tries: 0,
        queuedAt: 1_700_000_000_123,
        rank: 7,
      },
    );
  });

  it('F72: data that are no JSON are given as they are, for the policy on bad records, and hold nothing up', async () => {
    await add('a');
    await redis.hset('bull:payments:a', 'data', '{"id": oops');
    await add('b');
    const plain = await attempt();
    assert.deepEqual(
      (await plain.polls.records(2)).map(({ payload }) => payload),
      ['{"id": oops', '{"id":"b"}'],
    );
    await kill(plain);
    const withFields = await attempt({ fields: { id: 'jobId' } });
    const bad = (await withFields.polls.records(2)).find(({ payload }) => payload === '{"id": oops');
    assert.match(bad?.bad ?? '', /JSON|Expected|Unexpected/i);
  });

  it('F74: whole numbers beyond 2^53 come as they lie in Redis', async () => {
    await add('a');
    await redis.hset('bull:payments:a', 'data', '{"n":9007199254740993}');
    const { polls } = await attempt();
    assert.equal((await polls.records(1))[0]?.payload, '{"n":9007199254740993}');
  });

  it('while it is paused it gives nothing, and then goes on', async () => {
    const { reader, polls } = await attempt();
    reader.pause('payments');
    await add('a');
    await until(async () => (await counts())['active'] === 1);
    assert.equal(reader.poll(1024).kind, 'empty');
    reader.resume('payments');
    assert.deepEqual(idsOf(await polls.records(1)), ['a']);
  });

  it('F29: a Redis that is killed and comes back is gone on with: no job is lost and none is given twice', () =>
    onOwnServer(async (server) => {
      await add('a', 'b');
      const { reader, polls, take } = await attempt({ timeout: 1000 });
      assert.deepEqual(idsOf(await polls.records(2)), ['a', 'b']);
      await server.stop('SIGKILL');
      take(1);
      reader.notifyComplete(1);
      const met = (holds: () => Promise<boolean>): Promise<void> => Promise.race([until(holds), context.failed]);
      await met(async () => context.lines.some((line) => /cannot be reached|hung up/.test(line)));
      await server.start();
      await add('c');
      assert.deepEqual(idsOf(await polls.records(1)), ['c']);
      await met(async () => (await counts())['completed'] === 2);
      assert.deepEqual(context.failures, []);
    }));

  it('F29: is closed soon while Redis is away; the next attempt completes what a complete checkpoint holds', () =>
    onOwnServer(async (server) => {
      await add('a');
      const { reader, polls, take } = await attempt({ retryFor: 3_600_000 });
      await polls.records(1);
      const held = take(1);
      await server.stop('SIGKILL');
      reader.notifyComplete(1);
      // As long as it would be tried otherwise, no test may take.
      await kill({ reader, polls, take });
      assert.deepEqual(context.failures, []);
      await server.start();
      await attempt({}, held);
      await until(async () => (await completed()).length === 1);
    }));

  it('a format that needs a whole file is refused', () => {
    const { options: declared, createSource } = bullmq.source!;
    const format = { ...createFormat(json), seekable: false };
    assert.throws(
      () => createSource(configured(declared, { url, queue: 'q' }), format, context),
      /a job is one record/,
    );
  });
});
