/** The sink `kafka` on a real broker: what a reader of committed data finds, whoever dies. */
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Committer, Sink, SinkWriter, StagedEpoch } from '../../src/api/index.js';
import { KafkaClient, type ClientOptions } from '../../src/kafka/client.js';
import { kafka } from '../../src/kafka/index.js';
import type { StagedMessages } from '../../src/kafka/staged-messages.js';
import { encodeStaged, splitStaged } from '../../src/staging/staged-bytes.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { connectBrokers, until, type BrokerTools } from '../../scripts/services/broker-tools.js';
import { sharedKafka } from '../../scripts/services/shared-kafka.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;

const HOUR_MS = 3_600_000;

function fail(error: Error): never {
  throw error;
}

interface Attempt {
  readonly writer: SinkWriter;
  readonly committer: Committer;
}

describe('the sink kafka', function () {
  this.timeout(START_MS);
  let cluster: BrokerTools;
  let context: TestContext;
  let topic: string;
  const open: Committer[] = [];

  before(async () => {
    cluster = await connectBrokers((await sharedKafka()).brokers);
  });
  beforeEach(async () => {
    context = createContext({ seed: Math.floor(Math.random() * 2 ** 31) });
    topic = await cluster.createTopic(2);
  });
  afterEach(async () => {
    for (const committer of open.splice(0)) await committer.close();
    await context.remove();
  });
  after(() => cluster?.close());

  const sink = (options: Readonly<Record<string, unknown>> = {}): Sink => {
    const { options: declared, createSink } = kafka.sink!;
    return createSink(configured(declared, { brokers: cluster.brokers, topic, ...options }), context, undefined);
  };
  let attempts = 0;
  const attempt = (subtask = 0, parallelism = 1, options: Readonly<Record<string, unknown>> = {}): Attempt => {
    const made = sink(options);
    const owner = { subtask, parallelism, attempt: ++attempts };
    const writer = made.createWriter({ ...owner, delivery: 'exactly-once', restored: true });
    const committer = made.createCommitter!(owner);
    open.push(committer);
    return { writer, committer };
  };
  /** A first attempt, from the beginning. */
  const begun = async (): Promise<Attempt> => {
    const made = attempt();
    await made.committer.recover(undefined);
    return made;
  };
  const stage = async (
    { writer }: Attempt,
    epoch: number,
    ids: readonly string[],
    subtask = 0,
  ): Promise<StagedEpoch> => {
    for (const id of ids) writer.write({ payload: `{"id":"${id}"}`, key: id[0]!, timestamp: 5, id });
    const staged = writer.stage(epoch);
    await writer.flush();
    return { subtask, epoch, staged };
  };
  /** Ids in the order of their partitions, which is that of each key. */
  const committed = async (): Promise<string[]> =>
    (await cluster.committed(topic))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
      .map(({ id }) => id!);
  const shows = async (ids: readonly string[]): Promise<void> => {
    const found = await committed();
    assert.deepEqual(found.toSorted(), ids.toSorted());
    for (const key of new Set(ids.map((id) => id[0])))
      assert.deepEqual(
        found.filter((id) => id[0] === key),
        ids.filter((id) => id[0] === key),
      );
  };

  /** Of the line in this test's folder. */
  const groups = async (): Promise<string[]> => {
    const line = (await readFile(join(context.stateDir, 'line-0'), 'utf8')).trim();
    return (await cluster.admin.listGroups()).groups.map(({ groupId }) => groupId).filter((id) => id === line);
  };
  /** As brokers do when their retention has passed. */
  const forgetMarkers = async (): Promise<void> => {
    await cluster.admin.deleteGroups(await groups());
  };
  const markers = async (): Promise<string[]> => {
    const found = (await groups()).map((groupId) => cluster.admin.fetchOffsets({ groupId, topics: [topic] }));
    return (await Promise.all(found)).flat().flatMap(({ partitions }) => partitions.map(({ offset }) => offset));
  };

  it('shows an epoch when it is committed, with its keys and ids, in the order of each key', async () => {
    const first = await begun();
    const epoch = await stage(first, 1, ['a1', 'b1', 'a2', 'b2', 'a3']);
    await shows([]);
    await first.committer.commit(epoch);
    await shows(['a1', 'b1', 'a2', 'b2', 'a3']);
    const [message] = await cluster.committed(topic);
    assert.equal(message?.key, message?.id?.[0]);
    assert.equal(message?.value, `{"id":"${message?.id}"}`);
  });

  it('commits an epoch once however often it is told to', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 4, ['a2'])];
    for (const epoch of [...epochs, ...epochs]) await first.committer.commit(epoch);
    await shows(['a1', 'a2']);
  });

  it('commits several epochs in one transaction, in their order, and none of them again', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 4, ['a2']), await stage(first, 5, ['a3'])];
    await first.committer.commitAll!(epochs.slice(0, 1));
    await first.committer.commitAll!(epochs);
    await first.committer.commitAll!(epochs);
    await shows(['a1', 'a2', 'a3']);
    // The mark of a transaction stands behind its records: at 0 that by which the line was taken over, at 2 and 5.
    const offsets = (await cluster.committed(topic)).map(({ offset }) => offset);
    assert.deepEqual(offsets, [1, 3, 4]);
  });

  it('asks once who coordinates its transactions', async () => {
    const client = new KafkaClient({ brokers: cluster.brokers } as ClientOptions, 'egress', context);
    const producer = client.producer({ transactionalId: topic });
    const requests: string[] = [];
    await producer.connect();
    await (await producer.transaction()).abort();
    producer.on(producer.events.REQUEST, ({ payload }) => requests.push(payload.apiName));
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'x', partition: 0 }] });
    await transaction.commit();
    await producer.disconnect();
    assert.deepEqual(requests, ['Metadata', 'AddPartitionsToTxn', 'Produce', 'EndTxn']);
  });

  it('sends what was staged and not committed when it is restored, and not what was', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 2, ['a2', 'b2'])];
    await first.committer.commit(epochs[0]!);
    await first.committer.close();
    const second = attempt();
    await second.committer.recover({ epoch: 2, staged: epochs, rewound: false });
    await second.committer.recover({ epoch: 2, staged: epochs, rewound: false });
    await second.committer.commit(await stage(second, 3, ['a3']));
    await shows(['a1', 'a2', 'b2', 'a3']);
  });

  it('keeps an attempt that was taken for dead from sending anything (F7)', async () => {
    const zombie = await begun();
    const epoch = await stage(zombie, 1, ['a1']);
    const late = await stage(zombie, 2, ['z1']);
    const second = attempt();
    await second.committer.recover({ epoch: 1, staged: [epoch], rewound: false });
    await assert.rejects(zombie.committer.commit(late), { code: 'fenced', retriable: true });
    await second.committer.commit(await stage(second, 2, ['a2']));
    await shows(['a1', 'a2']);
  });

  it('leaves no transaction open where an attempt died in the middle of one (F33)', async () => {
    const first = await begun();
    const epoch = await stage(first, 1, ['a1', 'b1']);
    const died = new Error('died');
    Object.assign(context, {
      failpoint: (name: string) => {
        if (name === 'kafkaSink.beforeEndTransaction') throw died;
      },
    });
    await assert.rejects(first.committer.commit(epoch), died);
    Object.assign(context, { failpoint: undefined });
    const second = attempt();
    await second.committer.recover(undefined);
    await cluster.produce(topic, [{ key: 'c', value: 'x', headers: { id: 'c1' } }]);
    await shows(['c1']);
  });

  it('holds an epoch that is larger than memory likes in a file beside, and removes it when it is sent', async () => {
    const first = await begun();
    const text = 'x'.repeat(50_000);
    for (let i = 0; i < 40; i++) first.writer.write({ payload: `"${text}"`, key: 'a', timestamp: 5, id: `a${i}` });
    const epoch = { subtask: 0, epoch: 1, staged: first.writer.stage(1) };
    await first.writer.flush();
    assert.ok(epoch.staged.length < 1_000);
    const embedded = await first.committer.embed!(epoch);
    assert.ok(embedded.staged.length > 40 * text.length);
    await first.committer.commit(epoch);
    assert.equal((await first.committer.embed!(epoch)).staged, epoch.staged);
    await first.committer.commit(embedded);
    const found = await cluster.committed(topic);
    assert.deepEqual(
      found.map(({ id }) => id),
      Array.from({ length: 40 }, (_, i) => `a${i}`),
    );
    assert.ok(found.every(({ value }) => value.length === text.length + 2));
  });

  it('takes over what other subtasks had staged when there are fewer, and fences them (F34)', async () => {
    const [left, right] = [attempt(0, 2), attempt(1, 2)];
    await left.committer.recover(undefined);
    await right.committer.recover(undefined);
    const staged = [await stage(left, 1, ['a1'], 0), await stage(right, 1, ['b1'], 1)];
    await left.committer.commit(staged[0]!);
    const late = await stage(right, 2, ['z1'], 1);
    const only = attempt(0, 1);
    await only.committer.recover({ epoch: 1, staged, rewound: false });
    await assert.rejects(right.committer.commit(late), { code: 'fenced' });
    await shows(['a1', 'b1']);
  });

  it('has a line of its own in each of two jobs of the same prefix, and fences whose state folder was copied (F35)', async () => {
    const prefix = { transactionalIdPrefix: `shared-${topic}` };
    const first = attempt(0, 1, prefix);
    await first.committer.recover(undefined);
    const ofFirst = context;
    context = createContext({ seed: 1 });
    const second = attempt(0, 1, prefix);
    await second.committer.recover(undefined);
    await first.committer.commit(await stage(first, 1, ['a1']));
    await second.committer.commit(await stage(second, 1, ['b1']));
    await cp(ofFirst.stateDir, context.stateDir, { recursive: true, force: true });
    const copy = attempt(0, 1, prefix);
    await copy.committer.recover({ epoch: 1, staged: [], rewound: false });
    await assert.rejects(first.committer.commit(await stage(first, 2, ['z1'])), {
      code: 'fenced',
      message: /another producer has taken over/,
    });
    await second.committer.commit(await stage(second, 2, ['b2']));
    await shows(['a1', 'b1', 'b2']);
    await ofFirst.remove();
  });

  it('sends anew from where a job goes back to, also where numbers come again', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 2, ['a2']), await stage(first, 3, ['a3'])];
    for (const epoch of epochs) await first.committer.commit(epoch);
    const second = attempt();
    await second.committer.recover({ epoch: 1, staged: [epochs[0]!], rewound: true });
    await second.committer.commit(await stage(second, 2, ['a4']));
    await second.committer.commit(await stage(second, 3, ['a5']));
    await shows(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  it('asks the line of another job whose savepoint it starts from what was sent', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 2, ['a2'])];
    await first.committer.commit(epochs[0]!);
    await first.committer.close();
    const elsewhere = context;
    context = createContext({ seed: 99 });
    const second = attempt();
    await second.committer.recover({ epoch: 2, staged: epochs, rewound: true });
    await second.committer.commit(await stage(second, 3, ['a3']));
    await elsewhere.remove();
    await shows(['a1', 'a2', 'a3']);
  });

  it('stops where the topic holds more than the checkpoint that it goes on from', async () => {
    const first = await begun();
    const epochs = [await stage(first, 1, ['a1']), await stage(first, 2, ['a2'])];
    for (const epoch of epochs) await first.committer.commit(epoch);
    const second = attempt();
    await assert.rejects(second.committer.recover({ epoch: 1, staged: [epochs[0]!], rewound: false }), {
      code: 'corrupt',
      message: /the topic holds the alerts of checkpoint 2 .* goes on from checkpoint 1/,
    });
  });

  it('stops where the marker is gone and the checkpoint holds what may have been sent', async () => {
    const first = await begun();
    await first.committer.commit(await stage(first, 1, ['a1']));
    const epoch = await stage(first, 2, ['a2']);
    await first.committer.close();
    await forgetMarkers();
    const second = attempt();
    await assert.rejects(second.committer.recover({ epoch: 2, staged: [epoch], rewound: false }), {
      code: 'corrupt',
      message: /the marker of group .* is gone, but checkpoint 1 had been sent/,
    });
    await shows(['a1']);
  });

  const lost: readonly (readonly [policy: string, shown: readonly string[]])[] = [
    ['send', ['a1']],
    ['skip', []],
  ];
  for (const [onLostMarker, shown] of lost)
    it(`does as it is told where a marker is gone before anything was committed: ${onLostMarker}`, async () => {
      const epoch = await stage(await begun(), 1, ['a1']);
      for (const committer of open.splice(0)) await committer.close();
      await forgetMarkers();
      await assert.rejects(attempt().committer.recover({ epoch: 1, staged: [epoch], rewound: false }), {
        code: 'corrupt',
        message: /the marker of group .* is gone, but it had been written/,
      });
      const told = attempt(0, 1, { onLostMarker });
      await told.committer.recover({ epoch: 1, staged: [epoch], rewound: false });
      assert.match(
        context.lines.join(),
        /the marker of group .* is lost: what the checkpoint holds is (sent|left out)/,
      );
      await told.committer.commit(await stage(told, 2, ['a2']));
      await shows([...shown, 'a2']);
    });

  it('takes the marker that an earlier version did not write for none that was lost', async () => {
    const first = await begun();
    const { staged, ...epoch } = await stage(first, 1, ['a1']);
    const { description, records } = splitStaged('events', staged);
    const { marked: _, ...earlier } = description as StagedMessages;
    await first.committer.close();
    await forgetMarkers();
    const second = attempt();
    await second.committer.recover({
      epoch: 1,
      staged: [{ ...epoch, staged: encodeStaged(earlier, [records]) }],
      rewound: false,
    });
    await shows(['a1']);
  });

  it('writes the marker of a line again that nothing was sent in for a while', async () => {
    const { schedule } = context;
    const due: (() => void)[] = [];
    Object.assign(context, {
      schedule(ms: number, callback: () => void) {
        if (ms < HOUR_MS) return schedule(ms, callback);
        due.push(callback);
        return () => undefined;
      },
    });
    const first = await begun();
    await first.committer.commit(await stage(first, 1, ['a1']));
    await forgetMarkers();
    // Since the last commit one interval has passed, or somewhat less; then another.
    for (let times = 0; times < 2; times++) due.shift()!();
    await until(async () => (await markers()).includes('1'));
    const epoch = await stage(first, 2, ['a2']);
    const second = attempt();
    await second.committer.recover({ epoch: 2, staged: [epoch], rewound: false });
    await shows(['a1', 'a2']);
  });

  it('writes into several topics in one transaction, whose records say which', async () => {
    const [urgent, other] = [await cluster.createTopic(1), await cluster.createTopic(1)];
    const options = { topic: [{}], topics: [topic, urgent] };
    const first = attempt(0, 1, options);
    await first.committer.recover(undefined);
    const write = (name: string, id: string): void =>
      first.writer.write({ payload: id, key: 'a', timestamp: 5, id, values: { topic: name } });
    for (const [name, id] of [
      [topic, 'a1'],
      [urgent, 'u1'],
      [topic, 'a2'],
      [urgent, 'u2'],
    ] as const)
      write(name, id);
    assert.throws(() => write(other, 'x'), { code: 'refused', message: /is not among topics/ });
    const epoch = { subtask: 0, epoch: 1, staged: first.writer.stage(1) };
    const died = new Error('died');
    Object.assign(context, { failpoint: (name: string) => name.endsWith('beforeEndTransaction') && fail(died) });
    await assert.rejects(first.committer.commit(epoch), died);
    Object.assign(context, { failpoint: undefined });
    const second = attempt(0, 1, { ...options, topics: [urgent, topic] });
    for (let times = 0; times < 2; times++)
      await second.committer.recover({ epoch: 1, staged: [epoch], rewound: false });
    await shows(['a1', 'a2']);
    assert.deepEqual((await cluster.committed(urgent)).map(({ id }) => id).toSorted(), ['u1', 'u2']);
    const fewer = attempt(0, 1, { ...options, topics: [topic, other] });
    await assert.rejects(fewer.committer.recover({ epoch: 1, staged: [epoch], rewound: false }), {
      code: 'invalid-option',
      message: new RegExp(`holds records for ${urgent}, but the egress writes to the topics`),
    });
  });

  it('says what is missing where records name topics that nobody has listed', () => {
    assert.throws(() => attempt(0, 1, { topic: [{}] }), { code: 'invalid-option', message: /list them as topics/ });
  });

  it('goes on where the marker is gone and nothing is left to be decided by it', async () => {
    const first = await begun();
    await first.committer.commit(await stage(first, 1, ['a1']));
    await first.committer.close();
    await forgetMarkers();
    const second = attempt();
    await second.committer.recover({ epoch: 2, staged: [], rewound: false });
    await second.committer.commit(await stage(second, 3, ['a3']));
    await shows(['a1', 'a3']);
  });

  it('stages nothing where nothing was written', async () => {
    const first = await begun();
    assert.equal((await stage(first, 1, [])).staged.length, 0);
  });

  it('says what to do where the broker allows no transaction of that length (F32)', async () => {
    const first = attempt(0, 1, { transactionTimeout: 24 * 3_600_000 });
    await assert.rejects(first.committer.recover(undefined), {
      code: 'invalid-option',
      message: /transactionTimeout is longer than the broker allows/,
    });
  });

  it('says which topic is not there', async () => {
    const first = attempt(0, 1, { topic: 'nowhere' });
    await assert.rejects(first.committer.recover(undefined), { code: 'not-found', message: /no topic nowhere/ });
  });

  it('refuses what was staged for another topic', async () => {
    const first = await begun();
    const epoch = await stage(first, 1, ['a1']);
    const second = attempt(0, 1, { topic: await cluster.createTopic(1) });
    await assert.rejects(second.committer.recover({ epoch: 1, staged: [epoch], rewound: false }), {
      code: 'invalid-option',
      message: /the checkpoint holds records for topic-/,
    });
  });

  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    it(`can be read with compression ${compression}`, async () => {
      const first = attempt(0, 1, { compression });
      await first.committer.recover(undefined);
      const ids = Array.from({ length: 1_000 }, (_, i) => `${'ab'[i % 2]}${i}`);
      await first.committer.commit(await stage(first, 1, ids));
      await shows(ids);
    });
  }

  it('sends each record to the partition that its values say, modulo the number of partitions', async () => {
    const made = attempt(0, 1, { headers: { source: 'tidegate' } });
    await made.committer.recover(undefined);
    for (const partition of [0, 1, 5, -1])
      made.writer.write({
        payload: `${partition}`,
        key: 'k',
        timestamp: 5,
        id: `id${partition}`,
        values: { partition },
      });
    const staged = made.writer.stage(1);
    await made.writer.flush();
    await made.committer.commit({ subtask: 0, epoch: 1, staged });
    const found = await cluster.committed(topic);
    const partitions = Object.fromEntries(found.map(({ value, partition }) => [value, partition]));
    assert.deepEqual(partitions, { 0: 0, 1: 1, 5: 1, '-1': 1 });
    assert.ok(found.every(({ headers }) => headers['source'] === 'tidegate'));
  });

  it('sends at once below exactly-once, and a flush waits for the broker', async () => {
    const writer = sink().createWriter({
      subtask: 0,
      parallelism: 1,
      attempt: 1,
      delivery: 'at-least-once',
      restored: false,
    });
    const ids = Array.from({ length: 5_000 }, (_, i) => `${'ab'[i % 2]}${i}`);
    for (const id of ids) writer.write({ payload: `{"id":"${id}"}`, key: id[0]!, timestamp: 5, id });
    await writer.flush();
    await shows(ids);
    await writer.close();
  });

  it('takes no more below exactly-once than it can hold, and says when it does again', async () => {
    const writer = sink().createWriter({ subtask: 0, parallelism: 1, attempt: 1, delivery: 'none', restored: false });
    const payload = 'x'.repeat(100_000);
    let written = 0;
    for (; writer.ready(); written++) writer.write({ payload, timestamp: 5, id: `a${written}` });
    assert.ok(written < 100);
    await new Promise<void>((resolve) => writer.onReady(resolve));
    await writer.close();
    assert.equal((await cluster.committed(topic)).length, written);
  });

  it('keeps the event time as the timestamp if it is told to, and else that of sending', async () => {
    for (const [timestamp, isEventTime] of [
      ['event', true],
      ['sending', false],
    ] as const) {
      topic = await cluster.createTopic(1);
      const first = attempt(0, 1, { timestamp });
      await first.committer.recover(undefined);
      for (const id of ['a1']) first.writer.write({ payload: '{}', timestamp: 1_700_000_000_000, id });
      await first.committer.commit({ subtask: 0, epoch: 1, staged: first.writer.stage(1) });
      const [message] = await cluster.committed(topic);
      assert.equal(message?.timestamp === 1_700_000_000_000, isEventTime);
      await first.committer.close();
    }
  });
});
