/** What a run says of its connectors to who watches it: read from what it exports, on a real broker and a real receiver. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { connectBrokers } from '@tidegate/connectors/services/broker-tools';
import { sharedKafka } from '@tidegate/connectors/services/shared-kafka';
import { Child, inFolder, until } from '../applications/child.js';
import { parseExposition, sumOf, type Exposition } from '../cli/telemetry/prometheus-text.js';
import { eventually } from '../cluster/cluster.js';
import { payments } from './cards.js';

/** A machine that has never started a broker fetches it first. */
const START_MS = 300_000;
const application = (brokers: string, input: string, output: string, hook: string): string => `name: watched
settings: { parallelism: 1, checkpoint: { interval: 100ms } }
ingresses:
  payments:
    kafka: { brokers: "${brokers}", topics: ${input}, start: earliest }
    schema: { cardId: string, amount: double, ts: timestamp }
    time: { field: ts, format: epoch-millis }
rules:
  all:
    from: payments
    key: cardId
    where: amount > 0
    select: { card: cardId }
    to: [alerts, hook]
egresses:
  alerts: { kafka: { brokers: "${brokers}", topic: ${output} }, delivery: exactly-once }
  hook: { webhook: { url: "${hook}", backoff: 10ms, timeout: 1m } }
`;

describe('the metrics of connectors', function () {
  this.timeout(START_MS);

  it('have commits, transactions and deliveries, as they are exported', async () => {
    const tools = await connectBrokers((await sharedKafka()).brokers);
    const [input, output] = [await tools.createTopic(1), await tools.createTopic(1)];
    let asked = 0;
    const hook = createServer((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(++asked === 1 ? 503 : asked === 2 ? 410 : 200).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hook.address() as { port: number }).port}/`;
    try {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 'application.yaml'), application(tools.brokers, input, output, url));
        const child = new Child(['run', '--metrics', '127.0.0.1:0'], { cwd: folder, input: '' });
        await until(() => child.err.includes('metrics at '), child);
        const look = async (): Promise<Exposition> => {
          const [, address = ''] = /metrics at (\S+)/.exec(child.err) ?? [];
          return parseExposition(await (await fetch(address)).text());
        };
        const has = async (name: string, more: Record<string, string>, least: number): Promise<void> =>
          eventually(async () => (sumOf(await look(), name, { job: 'watched', ...more }) ?? 0) >= least);

        await tools.produce(input, payments(0, 100));
        const [alerts, ofHook] = [{ egress: 'alerts' }, { egress: 'hook' }];
        await has('tidegate_egress_deliveries_total', { ...ofHook, outcome: 'delivered' }, 99);
        await has('tidegate_egress_commit_duration_count', alerts, 1);
        const found = await look();
        const of = (name: string, labels: Record<string, string>) => sumOf(found, name, labels);
        assert.equal(of('tidegate_egress_deliveries_total', { ...ofHook, outcome: 'retried' }), 1);
        assert.equal(of('tidegate_egress_deliveries_total', { ...ofHook, outcome: 'given_up' }), 1);
        assert.equal(of('tidegate_egress_deliveries_total', { ...ofHook, outcome: 'delivered' }), 99);
        for (const [name, labels, count] of [
          ['tidegate_egress_request_duration', ofHook, 101],
          ['tidegate_egress_commit_duration', alerts, of('tidegate_egress_commit_duration_count', alerts)],
        ] as const) {
          assert.equal(found.types.get(name), 'histogram');
          assert.equal(of(`${name}_count`, labels), count);
          assert.equal(of(`${name}_bucket`, { ...labels, le: '+Inf' }), count);
          assert.ok(of(`${name}_bucket`, { ...labels, le: '10' })! > 0);
          assert.ok(of(`${name}_sum`, labels)! > 0);
        }
        assert.ok(of('tidegate_egress_transactions_total', { ...alerts, outcome: 'committed' })! >= 1);
        child.process.kill('SIGKILL');
        await child.finished;
      });
    } finally {
      hook.close();
      hook.closeAllConnections();
      await tools.close();
    }
  });
});
