import assert from 'node:assert/strict';
import { request } from 'node:http';
import { OpenTelemetry } from '../../../src/cli/telemetry/open-telemetry.js';
import { parseExposition, sumOf } from './prometheus-text.js';

/** @returns the status, and the body */
function ask(port: number, method: string, path: string, host: string): Promise<readonly [number, string]> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { host }, agent: false } as const;
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    });
    asked.on('error', reject).end();
  });
}

describe('the endpoint for Prometheus', () => {
  let telemetry: OpenTelemetry;
  let port: number;

  before(async () => {
    const said: string[] = [];
    const endpoint = { host: '127.0.0.1', port: 0 };
    telemetry = await OpenTelemetry.open(
      { role: 'run', endpoint, metrics: undefined, traces: undefined, sampling: undefined },
      (message) => said.push(message),
    );
    port = Number(/^metrics at http:\/\/127\.0\.0\.1:(\d+)\/metrics$/.exec(said[0] ?? '')?.[1]);
  });
  after(() => telemetry.close());

  it('has what sources say when they are asked, for as long as they are watched', async () => {
    let alerts = 3;
    const labels = { job: 'a "job"\\', rule: 'r' };
    const end = telemetry.watch(() => [{ name: 'tidegate.rule.alerts', value: alerts, labels }]);
    alerts = 5;
    const scrape = async () => parseExposition((await ask(port, 'GET', '/metrics', 'localhost'))[1]);
    const metrics = await scrape();
    assert.equal(sumOf(metrics, 'tidegate_rule_alerts_total', labels), 5);
    assert.equal(metrics.types.get('tidegate_rule_alerts_total'), 'counter');
    end();
    assert.equal(sumOf(await scrape(), 'tidegate_rule_alerts_total'), undefined);
  });

  it('has histograms with the bounds of their instruments', async () => {
    for (const value of [0.02, 0.3, 700])
      telemetry.observe({ name: 'tidegate.checkpoint.duration', value, labels: { job: 'j' } });
    const metrics = parseExposition((await ask(port, 'GET', '/metrics', 'localhost'))[1]);
    const upTo = (le: string) => sumOf(metrics, 'tidegate_checkpoint_duration_bucket', { job: 'j', le });
    assert.deepEqual([upTo('0.01'), upTo('0.05'), upTo('0.5'), upTo('600'), upTo('+Inf')], [0, 1, 2, 2, 3]);
  });

  const refused: readonly (readonly [method: string, path: string, host: string, status: number])[] = [
    ['GET', '/metrics', 'evil.example', 421],
    ['GET', '/metrics', `evil.example:80`, 421],
    ['GET', '/', 'localhost', 404],
    ['POST', '/metrics', '127.0.0.1', 405],
    ['GET', '/metrics?x=1', '[::1]:9464', 200],
  ];
  for (const [method, path, host, status] of refused)
    it(`answers ${status} to ${method} ${path} of ${host}`, async () =>
      assert.equal((await ask(port, method, path, host))[0], status));
});
