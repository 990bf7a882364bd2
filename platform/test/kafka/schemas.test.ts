/** Alerts that leave as Avro and Protobuf, by a schema registry and without one, and are read again: on a real broker. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { RegistryServer } from '@tidegate/connectors/services/registry-server';
import { sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { Child, inFolder, jsonLines, tidegate, until } from '../applications/child.js';
import { payments } from './cards.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;
const EVENTS = 500;

/** How each topic is written, and read again. */
const FORMATS = {
  avro: [
    '{ avro: { schema: alert.avsc, registry: { url: URL, subject: alerts-value, register: true } } }',
    '{ avro: { registry: URL } }',
  ],
  protobuf: [
    '{ protobuf: { message: shop.Alert, registry: { url: URL, subject: proto } } }',
    '{ protobuf: { registry: URL } }',
  ],
  plain: ['{ avro: { schema: alert.avsc } }', '{ avro: { schema: alert.avsc } }'],
} as const;
type Name = keyof typeof FORMATS;
const NAMES = Object.keys(FORMATS) as Name[];

const AVRO = {
  type: 'record',
  name: 'shop.Alert',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'cardId', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'seen', type: { type: 'long', logicalType: 'timestamp-micros' } },
  ],
};
const PROTO = `syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto";
message Alert { string id = 1; string cardId = 2; double amount = 3; google.protobuf.Timestamp seen = 4; }`;

interface Options {
  readonly brokers: string;
  readonly payments: string;
  /** By their formats. */
  readonly topics: Readonly<Record<Name, string>>;
  readonly registry: string;
}

const formatOf = (name: Name, use: 0 | 1, registry: string): string =>
  FORMATS[name][use].replace('URL', JSON.stringify(registry));

const writing = ({ brokers, payments: input, topics, registry }: Options): string => `name: writing
settings: { parallelism: 1, checkpoint: { interval: 100ms }, restart: { strategy: fixed-delay, delay: 100ms, attempts: 100 } }
ingresses:
  payments:
    kafka: { brokers: "${brokers}", topics: ${input}, end: latest }
    schema: { cardId: string, amount: double, ts: timestamp }
    time: { field: ts, format: epoch-millis }
rules:
  large: { from: payments, key: cardId, where: amount > 500.0, select: { cardId: cardId, amount: amount, seen: ts }, to: [${NAMES.join()}] }
egresses:
${NAMES.map((name) => `  ${name}: { kafka: { brokers: "${brokers}", topic: ${topics[name]} }, format: ${formatOf(name, 0, registry)} }`).join('\n')}
`;

const reading = ({ brokers, topics, registry }: Options): string => `name: reading
settings: { parallelism: 1 }
ingresses:
${NAMES.map((name) => `  ${name}-in: { kafka: { brokers: "${brokers}", topics: ${topics[name]}, end: latest }, format: ${formatOf(name, 1, registry)} }`).join('\n')}
rules:
${NAMES.map((name) => `  ${name}-rule: { from: ${name}-in, where: "true", select: { cardId: cardId, amount: amount, seen: seen }, to: ${name} }`).join('\n')}
egresses:
${NAMES.map((name) => `  ${name}: { file: out/${name}.jsonl }`).join('\n')}
`;

describe('alerts by schemas', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;
  let registry: RegistryServer;

  before(async () => {
    tools = await connectBrokers((await sharedKafka()).brokers);
    registry = await RegistryServer.open();
    registry.register('proto', { schema: PROTO, schemaType: 'PROTOBUF' });
  });
  after(async () => {
    await registry?.close();
    await tools?.close();
  });

  it('F5: are there once, whatever dies and though the registry is away, and are read again as they were', async () => {
    const input = await tools.createTopic(1);
    await tools.produce(input, payments(0, EVENTS));
    const [avro, protobuf, plain] = [
      await tools.createTopic(1),
      await tools.createTopic(1),
      await tools.createTopic(1),
    ];
    const options = {
      brokers: tools.brokers,
      payments: input,
      topics: { avro, protobuf, plain },
      registry: registry.url,
    };
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'alert.avsc'), JSON.stringify(AVRO));
      writeFileSync(join(folder, 'writing.yaml'), writing(options));
      writeFileSync(join(folder, 'reading.yaml'), reading(options));
      const start = (env: Readonly<Record<string, string>>): Child =>
        new Child(['run', 'writing.yaml'], { cwd: folder, input: '', env });
      const died = await start({ TIDEGATE_FAIL: 'kafkaSink.beforeCommit:1' }).finished;
      assert.equal(died.signal, 'SIGKILL', died.err);

      await registry.close();
      const goesOn = start({});
      await until(() => goesOn.err.includes('the schema registry'), goesOn);
      await registry.reopen();
      const { exitCode, err } = await goesOn.finished;
      assert.equal(exitCode, 0, err);

      const { exitCode: read, err: said } = await tidegate(['run', 'reading.yaml'], { cwd: folder });
      assert.equal(read, 0, said);
      const expected = payments(0, EVENTS)
        .map(({ value }) => JSON.parse(value) as { cardId: string; amount: number; ts: number })
        .filter(({ amount }) => amount > 500);
      for (const name of NAMES) {
        const found = jsonLines(join(folder, 'out', `${name}.jsonl`));
        const seen = (ts: number): unknown =>
          name === 'protobuf' ? { seconds: Math.floor(ts / 1000), nanos: (ts % 1000) * 1e6 } : ts * 1000;
        assert.deepEqual(
          found.map((alert) => [alert['cardId'], alert['amount'], alert['seen']]),
          expected.map(({ cardId, amount, ts }) => [cardId, amount, seen(ts)]),
          name,
        );
      }
    });
  });

  for (const [onError, exitCode] of [
    ['fail', 1],
    ['dead-letter', 0],
  ] as const)
    it(`F72: that do not fit are named, and ${onError} is done`, async () => {
      const input = await tools.createTopic(1);
      await tools.produce(
        input,
        ['a', 'b', 'c'].map((cardId) => ({ value: JSON.stringify({ cardId }) })),
      );
      const output = await tools.createTopic(1);
      const fields = [{ name: 'cardId', type: { type: 'enum', name: 'Card', symbols: ['a', 'c'] } }];
      const schema = JSON.stringify({ type: 'record', name: 'Seen', fields });
      await inFolder(async (folder) => {
        const application = `name: unfit
settings: { parallelism: 1, checkpoint: { interval: 100ms } }
ingresses: { payments: { kafka: { brokers: "${tools.brokers}", topics: ${input}, end: latest } } }
rules: { all: { from: payments, where: "true", select: { cardId: cardId }, to: seen } }
egresses:
  seen: { kafka: { brokers: "${tools.brokers}", topic: ${output} }, format: { avro: { schema: ${schema}, onError: ${onError} } } }
`;
        writeFileSync(join(folder, 'application.yaml'), application);
        const reason = 'cardId is a text, and the schema wants one of a, c';
        const finished = await tidegate(['run'], { cwd: folder });
        assert.equal(finished.exitCode, exitCode, finished.err);
        const rejected = jsonLines(join(folder, '.tidegate', 'unfit', 'egresses.seen', 'rejected.jsonl'));
        if (onError === 'fail')
          assert.match(finished.err, new RegExp(`egress seen: a record cannot be written: ${reason}`));
        else {
          assert.deepEqual([rejected.length, rejected[0]?.['reason']], [1, reason]);
          const { id, cardId } = JSON.parse(String(rejected[0]?.['payload'])) as { id: string; cardId: string };
          assert.deepEqual([id, cardId], [rejected[0]?.['id'], 'b']);
        }
        assert.equal((await tools.committed(output)).length, onError === 'fail' ? 0 : 2);
      });
    });
});
