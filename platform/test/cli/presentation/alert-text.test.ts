import assert from 'node:assert/strict';
import { AlertText } from '../../../src/cli/presentation/alert-text.js';
import { rulesOf } from '../../../src/job/graph-index.js';
import { StreamRecord, type AlertEnvelope } from '../../../src/record/stream-record.js';
import { planText } from '../../plan/plan-text.js';

/** Each rule has another key. */
const APPLICATION = `
name: cards
ingresses:
  payments:
    file: payments.jsonl
    schema:
      cardId: { $type: string, pii: true }
      shop: string
      amount: double
      at: timestamp
    time: { field: at }
egresses:
  alerts: { stdout: {} }
rules:
  of-card: { from: payments, key: cardId, to: alerts }
  of-both: { from: payments, key: [shop, cardId], to: alerts }
  of-shop: { from: payments, key: shop, select: { card: cardId }, to: alerts }
  of-alert: { from: of-shop, key: card, to: alerts }
`;

const PAYMENT = { cardId: 'c-4711', shop: 'books', amount: 5, at: 0 };

function rendered(rule: string, key: unknown): string {
  const { graph, diagnostics } = planText(APPLICATION);
  assert.ok(graph, JSON.stringify(diagnostics));
  const types = new Map([
    ...graph.sources.map(({ name, schema }) => [name, schema] as const),
    ...graph.operators.flatMap(rulesOf).map(({ name, fields }) => [name, fields] as const),
  ]);
  const split = { ingress: 'payments', id: 'payments.jsonl' };
  const event = new StreamRecord(PAYMENT, 0, 'payments', split, 0, undefined, undefined);
  const alert: AlertEnvelope = {
    id: 'a1',
    rule,
    severity: 'high',
    tags: [],
    key,
    time: 0,
    message: undefined,
    stages: [{ name: 'event', events: [event] }],
    timedOutAt: undefined,
    isSelected: false,
    suppressBy: undefined,
  };
  const text = new AlertText(types, graph, { colour: false, width: 200 });
  return text.render(new StreamRecord(PAYMENT, 0, rule, { ingress: rule, id: rule }, 'a1', undefined, alert));
}

describe('an alert as text', () => {
  const cases: readonly (readonly [string, string, unknown, string])[] = [
    ['a key of personal data is masked', 'of-card', 'c-4711', '***'],
    ['a key that holds personal data is masked as a whole', 'of-both', ['books', 'c-4711'], '***'],
    ['a key read from the personal data of an alert is masked', 'of-alert', 'c-4711', '***'],
    ['another key is shown', 'of-shop', 'books', 'books'],
  ];
  for (const [title, rule, key, shown] of cases) {
    it(title, () => {
      const text = rendered(rule, key);
      assert.match(
        text.split('\n')[0] ?? '',
        new RegExp(`^HIGH  ${rule}  ${shown.replaceAll('*', '\\*')}  1970-01-01`),
      );
      assert.doesNotMatch(text, /c-4711/);
    });
  }
});
