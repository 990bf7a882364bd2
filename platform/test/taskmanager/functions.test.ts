/** Stateful functions in a whole job: what routes and rules send, what functions send each other, and what they emit. */
import assert from 'node:assert/strict';
import { egressValue, persisted, statefulFunction, types } from '@tidegate/functions-sdk';
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import { LocalFunctions, type LocalFunctionsOptions } from '../functions/local-functions.js';
import { planned, runOn, type Given, type Ran } from './harness.js';

const Payment = types.json<{ card: string; amount: number }>('bank/Payment');
const Total = types.json<{ card: string; total: number }>('bank/Total');
const Alert = types.json<{ rule: string }>('bank/Alert');

/** Adds up what a card pays, and tells the one ledger. */
const account = statefulFunction('bank/account', { state: { total: persisted(types.double, { default: 0 }) } })
  .on(Payment, (context, { card, amount }) => {
    context.state.total += amount;
    context.send({ type: 'bank/ledger', id: 'all' }, Total, { card, total: context.state.total });
  })
  .on(Alert, (context, { rule }) => {
    context.emit(egressValue('bank/out', types.json<unknown>('bank/Seen'), { card: context.self.id, rule }));
  });
const ledger = statefulFunction('bank/ledger', { state: { seen: persisted(types.int, { default: 0 }) } }).on(
  Total,
  (context, total) => {
    context.state.seen += 1;
    context.emit(egressValue('bank/out', types.json<unknown>('bank/Entry'), { ...total, seen: context.state.seen }));
  },
);

const APPLICATION = `
name: bank
ingresses:
  payments: { file: p.jsonl, schema: { card: string, amount: double } }
functions:
  bank/account: { http: "http://localhost:1/", onFailure: { retries: 1, then: dead-letter, to: bad } }
  bank/ledger: { http: "http://localhost:1/" }
rules:
  large: { from: payments, where: amount > 100, to: { function: bank/account, id: event.card, type: bank/Alert } }
routes:
  all: { from: payments, to: { function: bank/account, id: card, type: bank/Payment } }
egresses:
  out: { file: out.jsonl, typename: bank/out }
  bad: { file: bad.jsonl }
`;

function payments(count: number): { card: string; amount: number }[] {
  return Array.from({ length: count }, (_, i) => ({ card: `c${i % 7}`, amount: i % 5 === 0 ? 200 : i }));
}

async function run(given: Partial<Given>, options: LocalFunctionsOptions = {}): Promise<Ran> {
  const graph = planned(APPLICATION);
  return runOn(graph, {
    clock: systemClock,
    inputs: { payments: { p: payments(50) } },
    functions: () => new LocalFunctions([account, ledger], options),
    ...given,
  });
}

describe('stateful functions in a job', () => {
  for (const parallelism of [1, 2, 3])
    it(`keep state, send to each other and emit, each effect once, at parallelism ${parallelism}`, async () => {
      const { outcome, received } = await run({ parallelism });
      assert.deepEqual(outcome, { state: 'finished' });
      const entries = received['out']!.filter((record) => 'total' in record);
      const last = new Map(entries.map(({ card, total }) => [card, total]));
      const expected = new Map<unknown, unknown>();
      for (const { card, amount } of payments(50)) expected.set(card, ((expected.get(card) as number) ?? 0) + amount);
      assert.deepEqual([...last].sort(), [...expected].sort());
      assert.deepEqual(
        entries.map(({ seen }) => seen),
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
      assert.equal(received['out']!.filter((record) => record['rule'] === 'large').length, 10);
    });
});
