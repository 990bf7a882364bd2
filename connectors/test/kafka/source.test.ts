/** The source `kafka` on a real broker. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message } from 'kafkajs';
import type { Source, SourceSplit } from '../../src/api/index.js';
import { avro, csv, json } from '../../src/formats/index.js';
import { kafka } from '../../src/kafka/index.js';
import { kafkajs } from '../../src/kafka/library.js';
import { configured } from '../support/configured.js';
import { itIsASource } from '../conformance/source-conformance.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { open, readAll, type Polls } from '../support/reading.js';
import { connectBrokers, until, type BrokerTools } from '../../scripts/services/broker-tools.js';
import { sharedKafka } from '../../scripts/services/shared-kafka.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;

const numbered = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${(from + i) % 10}`, value: JSON.stringify({ n: from + i }) }));

const value = ({ payload }: { readonly payload: unknown }): unknown =>
  typeof payload === 'string' ? (JSON.parse(payload) as unknown) : payload;

describe('the source kafka', function () {
  this.timeout(START_MS);
  let cluster: BrokerTools;
  let context: TestContext;
  const opened: Polls[] = [];

  before(async () => {
    cluster = await connectBrokers((await sharedKafka()).brokers);
  });
  beforeEach(() => {
    context = createContext();
  });
  afterEach(async () => {
    for (const polls of opened.splice(0)) await polls.reader.close();
    await context.remove();
  });
  after(() => cluster?.close());

  const sourceOf = (topics: readonly string[] | object, options: Readonly<Record<string, unknown>> = {}): Source => {
    const { options: declared, createSource } = kafka.source!;
    const all = configured<Record<string, unknown>>(declared, { brokers: cluster.brokers, topics, ...options });
    return createSource(all, createFormat(json), context);
  };
  const openSource = async (source: Source, splits?: readonly SourceSplit[]): Promise<Polls> => {
    const polls = await open(source, context, splits);
    opened.push(polls);
    return polls;
  };
  const numbersOf = async (source: Source, splits?: readonly SourceSplit[]): Promise<unknown[]> =>
    (await readAll(source, context, splits))
      .map((record) => (value(record) as { readonly n: number }).n)
      .sort(byNumber);

  itIsASource('kafka', { bounded: true, replayable: true }, async () => {
    const topic = await cluster.createTopic(3);
    const text = 'x'.repeat(2_000);
    const messages = Array.from({ length: 4_000 }, (_, n) => ({ key: `k${n}`, value: JSON.stringify({ n, text }) }));
    for (let at = 0; at < messages.length; at += 400) await cluster.produce(topic, messages.slice(at, at + 400));
    return { create: () => sourceOf([topic], { end: 'latest' }), records: messages.length };
  });

  it('tells how many records are still before it, also while nothing is fetched, and none when it has them all', async () => {
    const topic = await cluster.createTopic(2);
    await cluster.produce(topic, numbered(2000));
    const levels: number[] = [];
    const metrics = { count: () => undefined, took: () => undefined, level: (_: string, n: number) => levels.push(n) };
    const { options: declared, createSource } = kafka.source!;
    const options = configured<Record<string, unknown>>(declared, { brokers: cluster.brokers, topics: [topic] });
    const watched = { ...context, metrics };
    const polls = await openSource(createSource(options, createFormat(json), watched));
    await until(() => Promise.resolve(levels.at(-1) === 2000));
    await cluster.produce(topic, numbered(500));
    await until(() => Promise.resolve(levels.at(-1) === 2500));
    const left = 2500 - (await polls.records(1000)).length;
    await until(() => Promise.resolve(levels.at(-1)! <= 1500 && levels.at(-1)! > 0));
    await polls.records(left);
    // The mark at a transaction's end is no record, and is passed over.
    await inTransaction(cluster, topic, numbered(10), 'commit');
    await polls.records(10);
    await until(() => Promise.resolve(levels.at(-1) === 0));
  });

  it('reads several topics, each partition in its order', async () => {
    const topics = [await cluster.createTopic(2), await cluster.createTopic(1)];
    await cluster.produce(topics[0]!, numbered(50));
    await cluster.produce(topics[1]!, numbered(50, 50));
    const records = await readAll(sourceOf(topics, { end: 'latest' }), context);
    assert.deepEqual([...new Set(records.map(({ split }) => split))].sort(), [
      `${topics[0]}-0`,
      `${topics[0]}-1`,
      `${topics[1]}-0`,
    ]);
    assert.equal(records.length, 100);
  });

  it('reads the topics that follow a pattern, and finds those that come later', async () => {
    const [one, other] = [await cluster.createTopic(1), await cluster.createTopic(2)];
    const source = sourceOf({ pattern: `${one}|${one}0+|none-.*` }, { start: 'latest' });
    const enumerator = source.createEnumerator([]);
    assert.deepEqual(
      (await enumerator.discover()).map(({ id }) => id),
      [`${one}-0`],
    );
    await cluster.admin.createTopics({ topics: [{ topic: `${one}00`, numPartitions: 2 }] });
    await until(async () => (await cluster.admin.listTopics()).includes(`${one}00`));
    const later = await enumerator.discover();
    assert.deepEqual(later.slice(1), [
      { id: `${one}00-0`, offset: 0 },
      { id: `${one}00-1`, offset: 0 },
    ]);
    assert.ok(!later.some(({ id }) => id.startsWith(other)));
    await enumerator.close();
  });

  it('says that no topic follows the pattern: a bounded read cannot begin, another waits', async () => {
    const topics = { pattern: 'none-.*' };
    await assert.rejects(
      sourceOf(topics, { end: 'latest' }).createEnumerator([]).discover(),
      /no topic follows the pattern none-/,
    );
    assert.deepEqual(await sourceOf(topics).createEnumerator([]).discover(), []);
    assert.throws(() => sourceOf({ pattern: '(' }).createEnumerator([]), /topics\.pattern/);
  });

  it('never reads internal topics by a pattern', async () => {
    const found = await sourceOf({ pattern: '.*' }).createEnumerator([]).discover();
    assert.ok(found.length > 0 && found.every(({ id }) => !id.startsWith('__')));
  });

  it('reads messages of Avro by the schemas of a registry, and those that it cannot read are bad', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'long' }] });
    const registry = createServer((request, response) => {
      response.writeHead(request.url === '/schemas/ids/3' ? 200 : 404).end(JSON.stringify({ schema }));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    try {
      const topic = await cluster.createTopic(1);
      const message = (id: number, body: readonly number[]) => ({
        key: 'k',
        value: Buffer.from([0, 0, 0, 0, id, ...body]),
      });
      await cluster.produce(topic, [message(3, [54]), message(4, [54]), message(3, [])]);
      const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
      const { options, createSource } = kafka.source!;
      const format = createFormat(avro, { registry: { url } });
      const all = { brokers: cluster.brokers, topics: topic, end: 'latest', fields: { key: 'id', partition: 'p' } };
      const source = createSource(configured<Record<string, unknown>>(options, all), format, context);
      const records = await readAll(source, context);
      assert.deepEqual(
        records.map(({ payload, bad }) => bad ?? payload),
        [{ n: 27, id: 'k', p: 0 }, 'the registry knows no schema 4', 'the message is cut'],
      );
    } finally {
      registry.closeAllConnections();
      registry.close();
    }
  });

  it('ends a bounded read also where a transaction ended it, whose marker is no record', async () => {
    const topic = await cluster.createTopic(1);
    await inTransaction(cluster, topic, numbered(5), 'commit');
    await until(async () => (await cluster.admin.fetchTopicOffsets(topic))[0]?.high === '6');
    assert.deepEqual(await numbersOf(sourceOf([topic], { end: 'latest' })), [0, 1, 2, 3, 4]);
  });

  it('does not read what was aborted', async () => {
    const topic = await cluster.createTopic(1);
    await inTransaction(cluster, topic, numbered(3), 'commit');
    await inTransaction(cluster, topic, numbered(3, 10), 'abort');
    await cluster.produce(topic, numbered(2, 20));
    await until(async () => (await cluster.admin.fetchTopicOffsets(topic))[0]?.high === '10');
    assert.deepEqual(await numbersOf(sourceOf([topic], { end: 'latest' })), [0, 1, 2, 20, 21]);
  });

  it('does not read what was aborted where transactions overlap, whichever ends first', async () => {
    const topic = await cluster.createTopic(1);
    const begin = async (id: string) => {
      const producer = cluster.kafka.producer({
        transactionalId: `${topic}-${id}`,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      const transaction = await producer.transaction();
      const send = (n: number) => transaction.send({ topic, messages: numbered(1, n) });
      const end = async () => {
        await transaction.abort();
        await producer.disconnect();
      };
      return { send, end };
    };
    const [first, second] = [await begin('first'), await begin('second')];
    await first.send(100);
    await second.send(200);
    await first.send(101);
    await second.end();
    await first.end();
    await cluster.produce(topic, numbered(3));
    await until(async () => (await cluster.admin.fetchTopicOffsets(topic))[0]?.high === '8');
    assert.deepEqual(await numbersOf(sourceOf([topic], { end: 'latest' })), [0, 1, 2]);
    assert.equal((await cluster.committed(topic)).length, 3);
  });

  it('goes on at the offset of a checkpoint', async () => {
    const topic = await cluster.createTopic(1);
    await cluster.produce(topic, numbered(10));
    const splits = [{ id: `${topic}-0`, offset: 7, state: { end: 10 } }];
    assert.deepEqual(await numbersOf(sourceOf([topic], { end: 'latest' }), splits), [7, 8, 9]);
  });

  it('begins behind the last record with start: latest, and keeps that place for a checkpoint', async () => {
    const topic = await cluster.createTopic(1);
    await cluster.produce(topic, numbered(5));
    const splits = await sourceOf([topic], { start: 'latest' }).createEnumerator([]).discover();
    assert.deepEqual(splits, [{ id: `${topic}-0`, offset: 5 }]);
  });

  it('begins at a time, behind the last record where none is so late', async () => {
    const topic = await cluster.createTopic(2);
    await cluster.produce(topic, [
      { partition: 0, value: '{"n":1}', timestamp: '1700000000000' },
      { partition: 0, value: '{"n":2}', timestamp: '1700000001000' },
      { partition: 1, value: '{"n":3}', timestamp: '1700000000500' },
    ]);
    for (const timestamp of ['2023-11-14T22:13:20.600Z', '1700000000600']) {
      const source = sourceOf([topic], { start: { timestamp }, end: 'latest' });
      assert.deepEqual(await numbersOf(source), [2]);
    }
  });

  it('begins at the offsets that are given, at the first record where none is', async () => {
    const topic = await cluster.createTopic(2);
    await cluster.produce(
      topic,
      [0, 1, 2].flatMap((n) => [0, 1].map((partition) => ({ partition, value: `{"n":${n}}` }))),
    );
    const source = sourceOf([topic], { start: { offsets: { [`${topic}-1`]: 2 } }, end: 'latest' });
    assert.deepEqual(await numbersOf(source), [0, 1, 2, 2]);
  });

  const refused: [name: string, options: Readonly<Record<string, unknown>>, message: RegExp][] = [
    ['group-offsets without a group', { start: 'group-offsets' }, /needs a group/],
    ['a time and offsets', { start: { timestamp: '1', offsets: {} } }, /either a timestamp or offsets/],
    ['a time that is none', { start: { timestamp: 'noon' } }, /noon is no time/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses as its start ${name}`, () => {
      assert.throws(() => sourceOf(['t'], options), { code: 'invalid-option', message });
    });
  }

  it('commits the positions of complete checkpoints to its group, and begins there with start: group-offsets', async () => {
    const topic = await cluster.createTopic(1);
    const group = `group-${topic}`;
    await cluster.produce(topic, numbered(10));
    const polls = await openSource(sourceOf([topic], { group }));
    await polls.records(10);
    // Straight behind each other, as far as they go: Kafka may ask to come again.
    for (let checkpoint = 1; checkpoint <= 20; checkpoint++) {
      polls.reader.snapshot(checkpoint);
      polls.reader.notifyComplete(checkpoint);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until(async () => {
      const [found] = await cluster.admin.fetchOffsets({ groupId: group, topics: [topic] });
      return found?.partitions[0]?.offset === '10';
    });
    assert.doesNotMatch(context.lines.join('\n'), /not committed/);
    await cluster.produce(topic, numbered(3, 10));
    assert.deepEqual(
      await numbersOf(sourceOf([topic], { group, start: 'group-offsets', end: 'latest' })),
      [10, 11, 12],
    );
  });

  it('finds partitions that are added while it reads, and reads them from their first record', async () => {
    const topic = await cluster.createTopic(1);
    const source = sourceOf([topic], { start: 'latest' });
    const enumerator = source.createEnumerator([]);
    await cluster.produce(topic, [{ partition: 0, value: '{"n":0}' }]);
    const first = await enumerator.discover();
    assert.deepEqual(first, [{ id: `${topic}-0`, offset: 1 }]);
    await cluster.addPartitions(topic, 2);
    await cluster.produce(topic, [{ partition: 1, value: '{"n":1}' }]);
    const found = await enumerator.discover();
    assert.deepEqual(found, [...first, { id: `${topic}-1`, offset: 0 }]);
    assert.deepEqual(await enumerator.discover(), found);
    // Who goes on with some of them is told of the others alone.
    const resumed = source.createEnumerator(first);
    assert.deepEqual(await resumed.discover(), found.slice(1));
    assert.deepEqual(await resumed.discover(), found.slice(1));
  });

  it('gives key, timestamp, topic, partition, offset and headers as it is asked to', async () => {
    const topic = await cluster.createTopic(1);
    await cluster.produce(topic, [
      { key: 'k', value: '{"n":1}', timestamp: '1700000000000', headers: { trace: 'abc', empty: '' } },
      { key: null, value: '{"n":2}', timestamp: '1700000000001' },
    ]);
    const headers = { trace: 'from', other: 'never', constructor: 'never' };
    const names = { key: 'who', timestamp: 'sentAt', topic: 'topic', partition: '__proto__', offset: 'place', headers };
    const polls = await openSource(sourceOf([topic], { end: 'latest', fields: names }));
    const result = await polls.next();
    assert.ok(result.kind === 'batch');
    const [first, second] = result.batch.payloads as Record<string, unknown>[];
    assert.deepEqual(Object.entries(first!), [
      ['n', 1],
      ['who', 'k'],
      ['sentAt', 1_700_000_000_000],
      ['topic', topic],
      ['__proto__', 0],
      ['place', 0],
      ['from', 'abc'],
    ]);
    assert.deepEqual([Object.hasOwn(second!, 'who'), Object.hasOwn(second!, 'from')], [false, false]);
    assert.deepEqual(result.batch.headers, [{ trace: 'abc', empty: '' }, undefined]);
  });

  it('calls a message without a value bad, and what cannot be decoded where fields are added', async () => {
    const topic = await cluster.createTopic(1);
    await cluster.produce(topic, [{ value: null }, { value: 'no json' }, { value: '{"n":3}' }]);
    const records = await readAll(sourceOf([topic], { end: 'latest', fields: { key: 'key' } }), context);
    assert.deepEqual(
      records.map(({ bad }) => bad !== undefined),
      [true, true, false],
    );
    assert.equal(records[0]?.bad, 'the message has no value');
  });

  it('refuses a format that needs a whole file', () => {
    const { options: declared, createSource } = kafka.source!;
    const options = configured<Record<string, unknown>>(declared, { brokers: cluster.brokers, topics: ['t'] });
    assert.throws(() => createSource(options, createFormat(csv), context), {
      code: 'invalid-option',
      message: /a message of Kafka is one record/,
    });
  });

  it('says which topic is not there', async () => {
    await assert.rejects(sourceOf(['nowhere']).createEnumerator([]).discover(), {
      code: 'not-found',
      message: /there is no topic nowhere/,
    });
  });

  describe('where the records at which it must go on are gone (F38)', () => {
    const withLoss = async (): Promise<{ readonly topic: string; readonly splits: readonly SourceSplit[] }> => {
      const topic = await cluster.createTopic(1);
      await cluster.produce(topic, numbered(10));
      await cluster.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] });
      return { topic, splits: [{ id: `${topic}-0`, offset: 2, state: { end: 10 } }] };
    };

    it('fails and says how many', async () => {
      const { topic, splits } = await withLoss();
      const polls = await openSource(sourceOf([topic], { end: 'latest' }), splits);
      await assert.rejects(polls.next(), { code: 'corrupt', message: /its first record is at 6: 4 are gone/ });
    });

    it('goes on at the first one if it may, and says so', async () => {
      const { topic, splits } = await withLoss();
      const source = sourceOf([topic], { end: 'latest', onOffsetOutOfRange: 'earliest' });
      assert.deepEqual(await numbersOf(source, splits), [6, 7, 8, 9]);
      assert.match(context.lines.join('\n'), /4 are gone; goes on at the earliest one/);
    });

    it('fails where the topic was made anew and is shorter', async () => {
      const topic = await cluster.createTopic(1);
      await cluster.produce(topic, numbered(2));
      const polls = await openSource(sourceOf([topic]), [{ id: `${topic}-0`, offset: 5 }]);
      await assert.rejects(polls.next(), { code: 'corrupt', message: /it ends at 2: it was cut or made anew/ });
    });

    it('fails when they go while it reads', async () => {
      const topic = await cluster.createTopic(1);
      const text = 'x'.repeat(20_000);
      // More than the reader's queue and what was fetched can hold.
      for (let at = 0; at < 1_000; at += 40)
        await cluster.produce(
          topic,
          Array.from({ length: 40 }, (_, i) => ({ value: JSON.stringify({ n: at + i, text }) })),
        );
      const polls = await openSource(sourceOf([topic], { end: 'latest' }));
      await polls.records(1);
      await cluster.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '990' }] });
      await assert.rejects(polls.records(1_000), { code: 'corrupt', message: /its first record is at 990/ });
    });
  });

  it('reads every record once while its consumer has to join its group anew', async () => {
    const topic = await cluster.createTopic(2);
    await cluster.produce(topic, numbered(2_000));
    const polls = await openSource(sourceOf([topic], { end: 'latest' }));
    const seen: number[] = [];
    seen.push(...(await polls.records(300)).map((record) => (value(record) as { readonly n: number }).n));
    for (const { groupId } of (await cluster.admin.listGroups()).groups)
      if (groupId.startsWith('tidegate.events.')) await disturb(cluster, groupId, topic);
    seen.push(...(await polls.records(Infinity)).map((record) => (value(record) as { readonly n: number }).n));
    assert.deepEqual(
      seen.sort(byNumber),
      Array.from({ length: 2_000 }, (_, n) => n),
    );
  });
});

const byNumber = (left: unknown, right: unknown): number => Number(left) - Number(right);

async function inTransaction(
  { kafka: client }: BrokerTools,
  topic: string,
  messages: Message[],
  end: 'commit' | 'abort',
): Promise<void> {
  const producer = client.producer({ transactionalId: `writer-of-${topic}`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages });
  await transaction[end]();
  await producer.disconnect();
}

/** Another member comes into the group and goes: everybody has to join anew. */
async function disturb({ kafka: client }: BrokerTools, groupId: string, topic: string): Promise<void> {
  const { AssignerProtocol } = kafkajs();
  const none = Buffer.alloc(0);
  const consumer = client.consumer({
    groupId,
    partitionAssigners: [
      () => ({
        name: 'tidegate',
        version: 1,
        assign: async ({ members }) =>
          members.map(({ memberId }) => ({
            memberId,
            memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: {}, userData: none }),
          })),
        protocol: ({ topics }) => ({
          name: 'tidegate',
          metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: none }),
        }),
      }),
    ],
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
  await joined;
  await consumer.disconnect();
}
