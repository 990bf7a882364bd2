/** Headers that a function gives its records for Kafka: on a real broker, by each kind of egress that writes there. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { inFolder, tidegate } from '../applications/child.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;
const RUN_MS = 60_000;

const MODULE = `import { kafkaRecord, statefulFunction, types } from '@tidegate/functions-sdk';
export default statefulFunction('shop/till').on(types.json('shop/Name'), (context, { name: egress }) => {
  context.emit(kafkaRecord({
    egress,
    topic: process.env.TOPIC,
    key: egress,
    value: JSON.stringify({ egress }),
    headers: [['of', 'one'], ['bytes', Uint8Array.of(255, 0)], ['of', 'two'], ['none', null], ['source', 'function']],
  }));
});
`;

const application = (brokers: string, topic: string): string => `name: headers
settings: { parallelism: 1, checkpoint: { interval: 100ms }, restart: none }
ingresses:
  names: { file: names.jsonl, schema: { name: string } }
functions:
  shop/till: { module: ./till.mjs }
routes:
  all: { from: names, to: { function: shop/till, id: name, type: shop/Name } }
egresses:
  records:
    kafka: { brokers: "${brokers}", topic: "{{ topic }}", key: key, headers: { source: egress, by: tidegate } }
    delivery: at-least-once
    format: bytes
    typename: shop/records
  values:
    kafka: { brokers: "${brokers}", topic: ${topic}, key: egress, headers: { by: tidegate } }
    delivery: exactly-once
    typename: shop/values
`;

describe('headers of records that functions emit', function () {
  this.timeout(START_MS);
  let tools: BrokerTools;
  before(async () => void (tools = await connectBrokers((await sharedKafka()).brokers)));
  after(() => tools?.close());

  it('reach Kafka as they are, before those of the egress, sent at once or in transactions', async () => {
    const topic = await tools.createTopic(1);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'till.mjs'), MODULE);
      writeFileSync(join(folder, 'application.yaml'), application(tools.brokers, topic));
      writeFileSync(join(folder, 'names.jsonl'), '{"name":"shop/records"}\n{"name":"shop/values"}\n');
      const run = await tidegate(['run'], { cwd: folder, env: { TOPIC: topic }, lifetimeMs: RUN_MS });
      assert.equal(run.exitCode, 0, run.out + run.err);
    });
    const found = new Map((await read(tools, topic, 2)).map(({ key, headers }) => [key, headers]));
    const own = { of: ['one', 'two'], bytes: 'ff00', none: null, source: 'function', by: 'tidegate' };
    assert.deepEqual(found.get('shop/records'), own);
    assert.deepEqual(found.get('shop/values'), own);
  });
});

interface Read {
  readonly key: string;
  readonly headers: object;
}

/** @param count until so many have come */
async function read({ kafka }: BrokerTools, topic: string, count: number): Promise<readonly Read[]> {
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}`, maxWaitTimeInMs: 50 });
  const shown = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shown);
    if (!Buffer.isBuffer(value)) return value;
    return value[0] === 0xff ? value.toString('hex') : value.toString();
  };
  const found: Read[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`${found.length} of ${count} records came`)), RUN_MS);
    void consumer.run({
      eachMessage: async ({ message: { key, headers } }) => {
        const named = Object.entries(headers ?? {}).map(([name, value]) => [name, shown(value)]);
        if (found.push({ key: String(key), headers: Object.fromEntries(named) }) < count) return;
        clearTimeout(tooLate);
        resolve();
      },
    });
  });
  await consumer.disconnect();
  return found;
}
