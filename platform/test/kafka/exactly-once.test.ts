/** `tidegate run` from Kafka to Kafka on a real broker: a reader of committed data sees each alert once, whatever dies. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { newKafka, sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { inFolder, lastLine, until } from '../applications/child.js';
import { CardsRun, idsByKey, payments, producePayments, type CardsOptions } from './cards.js';

const EVENTS = 8_000;
/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;

/** Where a run dies, and the row of the fault matrix that it stands for. */
const DEATHS: readonly [row: string, failpoint: string][] = [
  ['F4: after an epoch is staged', 'kafkaSink.afterStage:1'],
  ['F4: after a staged epoch is durable', 'kafkaSink.afterFlush:1'],
  ['F4: before the acknowledgement', 'checkpoint.beforeAcknowledge:3'],
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

  it('sends each alert at least once below exactly-once', async () => {
    await withRun({ delivery: 'at-least-once' }, async (run, alerts) => {
      assert.equal((await run.start('checkpoint.beforeAcknowledge:3').finished).signal, 'SIGKILL');
      await run.complete();
      const found = idsByKey(await tools.committed(alerts));
      const once = Object.fromEntries(Object.entries(found).map(([key, ids]) => [key, [...new Set(ids)].toSorted()]));
      assert.deepEqual(once, Object.fromEntries(Object.entries(expected).map(([key, ids]) => [key, ids.toSorted()])));
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

describe('a run from Kafka to Kafka whose broker', function () {
  this.timeout(START_MS);

  async function withBroker(
    settings: Readonly<Record<string, string>>,
    body: (broker: Awaited<ReturnType<typeof newKafka>>, tools: BrokerTools, folder: string) => Promise<void>,
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-broker-'));
    const broker = await newKafka(join(folder, 'kafka'), settings);
    try {
      await broker.start();
      const tools = await connectBrokers(broker.brokers);
      await inFolder((place) => body(broker, tools, place));
      await tools.close();
    } finally {
      await broker.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const rows: [row: string, signal: 'SIGTERM' | 'SIGKILL'][] = [
    ['F29: is restarted', 'SIGTERM'],
    ['F30: is killed', 'SIGKILL'],
  ];
  for (const [row, signal] of rows) {
    it(`${row} in the middle has each alert once in the end`, async () => {
      await withBroker({}, async (broker, tools, folder) => {
        const options = { brokers: tools.brokers, payments: await producePayments(tools, EVENTS) };
        const [undisturbed, alerts] = [await tools.createTopic(3), await tools.createTopic(3)];
        await inFolder((place) => new CardsRun(place, { ...options, alerts: undisturbed }).complete());
        const run = new CardsRun(folder, {
          ...options,
          alerts,
          restart: '{ strategy: fixed-delay, delay: 500ms, attempts: 50 }',
        });
        // It dies in the middle and goes on while the broker is away.
        assert.equal((await run.start('kafkaSink.beforeEndTransaction:1').finished).signal, 'SIGKILL');
        await broker.stop(signal);
        const child = run.start();
        await until(() => /resumed from|ECONNREFUSED|unavailable|warning/.test(child.err), child);
        await broker.start();
        const { exitCode, err } = await child.finished;
        assert.equal(exitCode, 0, err);
        assert.deepEqual(idsByKey(await tools.committed(alerts)), idsByKey(await tools.committed(undisturbed)));
      });
    });
  }

  it('F31: was away for longer than a transaction lives, with an epoch that was staged, has each alert once', async () => {
    const settings = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500' };
    await withBroker(settings, async (broker, tools, folder) => {
      const options = {
        brokers: tools.brokers,
        payments: await producePayments(tools, EVENTS),
        egress: 'transactionTimeout: 1s',
      };
      const [undisturbed, alerts] = [await tools.createTopic(3), await tools.createTopic(3)];
      await inFolder((place) => new CardsRun(place, { ...options, alerts: undisturbed }).complete());
      const run = new CardsRun(folder, { ...options, alerts });
      assert.equal((await run.start('kafkaSink.beforeEndTransaction:1').finished).signal, 'SIGKILL');
      await broker.stop();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await broker.start();
      await run.complete();
      assert.deepEqual(idsByKey(await tools.committed(alerts)), idsByKey(await tools.committed(undisturbed)));
    });
  });
});
