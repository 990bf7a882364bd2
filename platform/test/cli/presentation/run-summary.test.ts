import assert from 'node:assert/strict';
import { runSummary } from '../../../src/cli/presentation/run-summary.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import { planText } from '../../plan/plan-text.js';

const APPLICATION = `
name: shop
functions: { shop/*: { http: "http://localhost:1/" } }
requests: { port: 8090, functions: { shop/*: shop/Item } }
`;

describe('the summary of a run', () => {
  it('has a line for each type of a namespace that was met, whatever it is called', () => {
    const metrics = new MetricRegistry();
    metrics.counter('functions.shop/cart', 'messagesIn').value = 2;
    metrics.counter('functions.shop/a\nerror[TG999]: injected\u001b[2J', 'messagesIn').value = 1;
    const { graph } = planText(APPLICATION);
    assert.ok(graph);
    assert.deepEqual(
      runSummary(graph, metrics).filter((line) => !line.startsWith('read')),
      [
        'called shop/cart: 2 messages, 0 calls',
        'called shop/a\\u000aerror[TG999]: injected\\u001b[2J: 1 message, 0 calls',
        '0 alerts',
      ],
    );
  });
});
