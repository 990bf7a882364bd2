/** `tidegate run` from Kafka to Kafka on a real broker: a reader of committed data sees each alert once, whatever dies. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import type { KafkaCluster } from '@tidegate/connectors/services/kafka-cluster';
import { newKafka, sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { inFolder, lastLine, until } from '../applications/child.js';
import { CardsRun, idsByKey, payments, producePayments, type CardsOptions } from './cards.js';
import { DelayedEnd, type Arrival } from './delayed-end.js';

const EVENTS = 8_000;
/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;

/** Of Kafka's errors. */
const NO_ERROR = 0;
const INVALID_PRODUCER_EPOCH = 47;

/** Where a run dies, and the row of the fault matrix that it stands for. */
const DEATHS: readonly [row: string, failpoint: string][] = [
  ['F2: between the barrier and the acknowledgement', 'checkpoint.afterSnapshot:3'],
  ['F3: in the middle of a state file', 'state.midFile:2'],
  ['F4: after an epoch is staged', 'kafkaSink.afterStage:1'],
  ['F4: after a staged epoch is durable', 'kafkaSink.afterFlush:1'],
  ['F4: before the acknowledgement', 'checkpoint.beforeAcknowledge:3'],
  ['F14: before the checkpoint is in the log', 'storage.before-create:4'],
  ['F13: after the checkpoint is in the log, before anybody is told', 'storage.after-create:4'],
  ['F5: after the checkpoint is complete, before its transaction', 'kafkaSink.beforeCommit:1'],
  ['F5: in the middle of the transaction', 'kafkaSink.midTransaction:1'],
  ['F6: before the end of the transaction', 'kafkaSink.beforeEndTransaction:1'],
  ['F6: after the end of the transaction', 'kafkaSink.afterEndTransaction:1'],
  ['F6: after the commit, before anything else', 'kafkaSink.afterCommit:1'],
];

describe('a run from Kafka to Kafka', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;
  let source: string;
  let expected: Record<string, string[]>;

  before(async () => {
    tools = await connectBrokers((await sharedKafka()).brokers);
    source = await producePayments(tools, EVENTS);
    expected = await withRun({}, async (run, alerts) => {
      await run.complete();
      return idsByKey(await tools.committed(alerts));
    });
    assert.ok(Object.values(expected).flat().length > EVENTS / 20, 'too few alerts to prove anything');
  });
  after(() => tools?.close());

  async function withRun<T>(
    options: Partial<CardsOptions>,
    body: (run: CardsRun, alerts: string, folder: string) => Promise<T>,
  ): Promise<T> {
    return inFolder(async (folder) => {
      const alerts = options.alerts ?? (await tools.createTopic(3));
      const run = new CardsRun(folder, { brokers: tools.brokers, payments: source, ...options, alerts });
      return body(run, alerts, folder);
    });
  }

  it('finds the same alerts at every parallelism, and says what it read and wrote', async () => {
    await withRun({ parallelism: 1 }, async (run, alerts) => {
      const { out } = await run.complete();
      assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
      assert.equal(lastLine(out), `${Object.values(expected).flat().length} alerts`);
    });
  });

  for (const [row, failpoint] of DEATHS) {
    it(`${row}: each alert is there once when it has gone on`, async () => {
      await withRun({}, async (run, alerts) => {
        const died = await run.start(failpoint).finished;
        assert.equal(died.signal, 'SIGKILL', died.err);
        await run.complete();
        assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
      });
    });
  }

  it('F11: dies while it takes up what was staged, twice, and each alert is there once', async () => {
    await withRun({}, async (run, alerts) => {
      assert.equal((await run.start('kafkaSink.beforeCommit:1').finished).signal, 'SIGKILL');
      for (let times = 0; times < 2; times++)
        assert.equal((await run.start('kafkaSink.midRecover:1').finished).signal, 'SIGKILL');
      await run.complete();
      assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
    });
  });

  const arrivals: readonly [arrival: Arrival, answer: number][] = [
    ['before its producer begins anew', NO_ERROR],
    ['in the middle of the next transaction', INVALID_PRODUCER_EPOCH],
  ];
  for (const [arrival, answer] of arrivals)
    it(`F36: an end of a transaction that arrives late, ${arrival}, neither loses nor doubles an alert`, async () => {
      await withRun(
        { restart: '{ strategy: fixed-delay, delay: 100ms, attempts: 5 }' },
        async (run, alerts, folder) => {
          const delayed = await DelayedEnd.open(tools.brokers, arrival);
          const { exitCode, err } = await run.start(undefined, delayed.environment(folder)).finished;
          await delayed.close();
          assert.equal(exitCode, 0, err);
          assert.equal(delayed.answer, answer);
          assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
        },
      );
    });

  it('F34: what several writers had left open is ended by the one that there is after a restart', async () => {
    await withRun({ writers: 2 }, async (run, alerts, folder) => {
      assert.equal((await run.start('kafkaSink.beforeEndTransaction:2').finished).signal, 'SIGKILL');
      await new CardsRun(folder, { brokers: tools.brokers, payments: source, alerts, writers: 1 }).complete();
      assert.deepEqual(sorted(idsByKey(await tools.committed(alerts))), sorted(expected));
    });
  });

  it('sends each alert at least once below exactly-once', async () => {
    await withRun({ delivery: 'at-least-once' }, async (run, alerts) => {
      assert.equal((await run.start('checkpoint.beforeAcknowledge:3').finished).signal, 'SIGKILL');
      await run.complete();
      const found = idsByKey(await tools.committed(alerts));
      const once = Object.fromEntries(Object.entries(found).map(([key, ids]) => [key, [...new Set(ids)]]));
      assert.deepEqual(sorted(once), sorted(expected));
    });
  });

  it('sends each alert under the key, into the partition and with the headers that its expressions give', async () => {
    const egress = `key: alert.rule
      partition: 'key() == "card-0" ? 2 : 0'
      headers: { card: "{{ key() }}", source: tidegate }`;
    await withRun({ egress }, async (run, alerts) => {
      await run.complete();
      const found = await tools.committed(alerts);
      assert.deepEqual(found.map(({ id }) => id).toSorted(), Object.values(expected).flat().toSorted());
      for (const { key, partition, headers } of found)
        assert.deepEqual(
          [key, partition, headers['source']],
          ['card-testing', headers['card'] === 'card-0' ? 2 : 0, 'tidegate'],
        );
    });
  });

  it('sends each alert once into the topic that it names, in one transaction for all of them', async () => {
    const [first, others] = [await tools.createTopic(1), await tools.createTopic(2)];
    const alerts = `"{{ key() == 'card-0' ? '${first}' : '${others}' }}"`;
    await withRun({ alerts, egress: `topics: [${others}, ${first}]` }, async (run) => {
      assert.equal((await run.start('kafkaSink.midTransaction:1').finished).signal, 'SIGKILL');
      await run.complete();
      const { 'card-0': ofFirst, ...ofOthers } = expected;
      assert.deepEqual(idsByKey(await tools.committed(first)), { 'card-0': ofFirst });
      assert.deepEqual(idsByKey(await tools.committed(others)), ofOthers);
    });
  });

  it('goes on without an end, takes in what comes, and stops when it is asked to', async () => {
    const topic = await tools.createTopic(2);
    await withRun({ payments: topic, ingress: 'discovery: 100ms' }, async (run, alerts) => {
      const child = run.start();
      await tools.produce(topic, payments(0, 2_000));
      const someAlerts = async (): Promise<number> => (await tools.committed(alerts)).length;
      while ((await someAlerts()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      child.process.kill('SIGINT');
      const { exitCode, err } = await child.finished;
      assert.ok(exitCode === 0 || exitCode === 130, err);
    });
  });

  it('says before it starts that a topic is not there', async () => {
    await withRun({ payments: 'nowhere' }, async (run) => {
      const { exitCode, err } = await run.start().finished;
      assert.equal(exitCode, 1);
      assert.match(err, /there is no topic nowhere; create it, or correct the name/);
    });
  });
});

/** Of each key, in no order of theirs. */
function sorted(ids: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(ids).map(([key, of]) => [key, of.toSorted()]));
}

describe('a run from Kafka to Kafka whose broker', function () {
  this.timeout(START_MS);
  let folder: string;
  let broker: KafkaCluster;
  let tools: BrokerTools;
  let options: Pick<CardsOptions, 'brokers' | 'payments'>;
  let expected: Record<string, string[]>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-broker-'));
    broker = await newKafka(join(folder, 'kafka'), {
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
    });
    await broker.start();
    tools = await connectBrokers(broker.brokers);
    options = { brokers: tools.brokers, payments: await producePayments(tools, EVENTS) };
    const undisturbed = await tools.createTopic(3);
    await inFolder((place) => new CardsRun(place, { ...options, alerts: undisturbed }).complete());
    expected = idsByKey(await tools.committed(undisturbed));
  });
  after(async () => {
    await tools?.close();
    await broker?.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const rows: [row: string, signal: 'SIGTERM' | 'SIGKILL'][] = [
    ['F29: is restarted', 'SIGTERM'],
    ['F30: is killed', 'SIGKILL'],
  ];
  for (const [row, signal] of rows) {
    it(`${row} in the middle has each alert once in the end`, async () => {
      const alerts = await tools.createTopic(3);
      await inFolder(async (place) => {
        const restart = '{ strategy: fixed-delay, delay: 500ms, attempts: 50 }';
        const run = new CardsRun(place, { ...options, alerts, restart });
        // It dies in the middle and goes on while the broker is away.
        assert.equal((await run.start('kafkaSink.beforeEndTransaction:1').finished).signal, 'SIGKILL');
        await broker.stop(signal);
        const child = run.start();
        await until(() => /resumed from|ECONNREFUSED|unavailable|warning/.test(child.err), child);
        await broker.start();
        const { exitCode, err } = await child.finished;
        assert.equal(exitCode, 0, err);
        assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
      });
    });
  }

  it('F31: was away for longer than a transaction lives, with an epoch that was staged, has each alert once', async () => {
    const alerts = await tools.createTopic(3);
    await inFolder(async (place) => {
      const run = new CardsRun(place, { ...options, alerts, egress: 'transactionTimeout: 1s' });
      assert.equal((await run.start('kafkaSink.beforeEndTransaction:1').finished).signal, 'SIGKILL');
      await broker.stop('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      // It may forget to tell its partitions that it ends the transaction (decision 18).
      await broker.start();
      await run.complete();
      assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
    });
  });

  it('F6: is one of two, in clusters of their own, has each alert once in both, also where it dies between them', async () => {
    const other = await connectBrokers((await sharedKafka()).brokers);
    const [alerts, topic] = [await tools.createTopic(3), await other.createTopic(2)];
    await inFolder(async (place) => {
      const run = new CardsRun(place, { ...options, alerts, copies: { brokers: other.brokers, topic } });
      assert.equal((await run.start('kafkaSink.afterCommit:1').finished).signal, 'SIGKILL');
      await run.complete();
      assert.deepEqual(idsByKey(await tools.committed(alerts)), expected);
      assert.deepEqual(idsByKey(await other.committed(topic)), expected);
    });
    await other.close();
  });
});
