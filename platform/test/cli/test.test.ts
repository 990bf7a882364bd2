/** `tidegate test`: what passes, what fails and how a failure reads. */
import assert from 'node:assert/strict';
import { call } from './command-line.js';

const APPLICATION = `
name: app
ingresses:
  payments:
    file: payments.jsonl
    schema: { card: string, amount: double, ts: timestamp }
    time: { field: ts, maxOutOfOrderness: 1m, late: late }
tables:
  limits: { file: limits.csv, key: card, schema: { card: string, max: double } }
rules:
  double-spend:
    from: payments
    key: card
    pattern:
      within: 10m
      skip: pastLastEvent
      steps:
        - begin: small
          where: amount < 5
        - followedBy: large
          where: "amount > coalesce(tables.limits[card].max, 500.0)"
    select: { amount: large.amount, card: key() }
    to: alerts
egresses:
  alerts: { file: alerts.jsonl }
  late: { file: late.jsonl }
tests:
`;

const runTests = (tests: string, ...words: string[]) =>
  call(['test', ...words], { 'application.yaml': `${APPLICATION}${tests}`, 'limits.csv': 'card,max\nc1,1000\n' });

const PAIR = `
      - { at: 0m, payments: { card: c1, amount: 1 } }
      - { at: 5m, payments: { card: c1, amount: 900 } }`;

describe('tidegate test', () => {
  it('passes with what the rules find, and exit code 0', async () => {
    const { exitCode, out } = await runTests(`
  found:
    tables: { limits: [] }
    steps:${PAIR}
      - end: true
    expect: { alerts: [{ card: c1, amount: 900.0 }], late: [] }
`);
    assert.deepEqual([out, exitCode], ['✔ found\n\n1 passed, 0 failed\n', 0]);
  });

  it('shows expected against actual where a test fails, and exit code 1', async () => {
    const { exitCode, out } = await runTests(`
  wrong:
    tables: { limits: [{ card: c1, max: 800 }] }
    steps:${PAIR}
      - end: true
    expect: { alerts: [{ card: c1, amount: 901 }] }
`);
    assert.equal(exitCode, 1);
    assert.match(out, /^✗ wrong\n {4}alerts: expected 1, got 1\n/);
    assert.match(out, /expected {2}\{"card":"c1","amount":901\}\n {8}amount: expected 901, got 900\n/);
    assert.match(out, /\n {6}got {7}\{.*"amount":900.*\}\n\n0 passed, 1 failed\n$/);
  });

  it('takes new contents of a table as a step', async () => {
    const { exitCode, out } = await runTests(`
  raised, then lowered:
    tables: { limits: [{ card: c1, max: 1000 }] }
    steps:${PAIR}
      - watermark: 6m
      - tables: { limits: [{ card: c1, max: 100 }] }
      - { at: 7m, payments: { card: c1, amount: 200 } }
      - end: true
    expect: { alerts: [{ card: c1, amount: 200 }] }
`);
    assert.deepEqual([out, exitCode], ['✔ raised, then lowered\n\n1 passed, 0 failed\n', 0]);
  });

  it('holds a step’s rows against the table’s schema', async () => {
    const { exitCode, out } = await runTests(`
  wrong row:
    steps:
      - tables: { limits: [{ card: c1, max: many }] }
    expect: { alerts: [] }
`);
    assert.equal(exitCode, 1);
    assert.match(out, /✗ wrong row\n.*tables\.limits.*field max is not double/s);
  });

  it('refuses steps after the end of the input', async () => {
    const { exitCode, err } = await runTests(`
  after:
    steps:
      - end: true${PAIR}
    expect: { alerts: [] }
`);
    assert.equal(exitCode, 1);
    assert.match(err, /^error\[TG151\]: tests\.after\.steps\[1\] comes after the end of the input/m);
  });

  it('reads a table from its file where the test gives none', async () => {
    const { out } = await runTests(`
  limited:
    steps:${PAIR}
      - end: true
    expect: { alerts: [] }
`);
    assert.match(out, /^✔ limited/);
  });

  it('holds the rows that a test gives against the schema', async () => {
    const { out, exitCode } = await runTests(`
  wrong row:
    tables: { limits: [{ card: c1, max: much }] }
    steps:${PAIR}
    expect: { alerts: [] }
`);
    assert.match(out, /^✗ wrong row\n {4}tables\.limits: row 1: field max is not double\n/);
    assert.equal(exitCode, 1);
  });

  it('leaves open what no watermark has passed, and goes on where one has', async () => {
    const { out } = await runTests(`
  open:
    tables: { limits: [] }
    steps:${PAIR}
    expect: { alerts: [] }
  passed:
    tables: { limits: [] }
    steps:${PAIR}
      - watermark: 5m
    expect: { alerts: [{ card: c1 }] }
`);
    assert.match(out, /2 passed, 0 failed/);
  });

  it('takes events out of order within the bound, and sends those behind the watermark to the late egress', async () => {
    const { out } = await runTests(`
  disordered:
    tables: { limits: [] }
    steps:
      - { at: 5m, payments: { card: c1, amount: 900 } }
      - { at: 4m30s, payments: { card: c1, amount: 1 } }
      - { at: 1m, payments: { card: c1, amount: 2 } }
      - end: true
    expect: { alerts: [{ card: c1, amount: 900 }], late: [{ card: c1, amount: 2 }] }
  after a watermark:
    tables: { limits: [] }
    steps:
      - watermark: 5m
      - { at: 5m, payments: { card: c1, amount: 1 } }
      - { at: 5m1s, payments: { card: c1, amount: 2 } }
      - end: true
    expect: { alerts: [], late: [{ amount: 1 }] }
`);
    assert.match(out, /2 passed, 0 failed/, out);
  });

  it('repeats an event at rising times', async () => {
    const { out } = await runTests(`
  repeated:
    tables: { limits: [] }
    steps:
      - { at: 0m, payments: { card: c1, amount: 1 }, repeat: { times: 3, every: 4m } }
      - { at: 17m, payments: { card: c1, amount: 900 } }
      - end: true
    expect: { alerts: [{ card: c1, stages: { small: [{ ts: "2026-01-01T00:08:00Z" }] } }] }
`);
    assert.match(out, /1 passed, 0 failed/, out);
  });

  it('runs the tests whose name holds the text of --grep alone, and says when there is none', async () => {
    const tests = `
  one: { steps: [{ end: true }], expect: { alerts: [] } }
  two: { steps: [{ end: true }], expect: { alerts: [] } }
`;
    assert.match((await runTests(tests, '--grep', 'tw')).out, /^✔ two\n\n1 passed/);
    const none = await runTests(tests, '--grep', 'three');
    assert.deepEqual([none.out, none.exitCode], ['No test has "three" in its name.\n', 1]);
  });

  it('refuses an egress, a table and an ingress that do not exist, with the nearest name', async () => {
    const { exitCode, err } = await runTests(`
  misspelt:
    tables: { limit: [] }
    steps:
      - { at: 0m, payment: { card: c1, amount: 1 } }
    expect: { alert: [] }
`);
    assert.equal(exitCode, 1);
    for (const name of ['limits', 'payments', 'alerts']) assert.match(err, new RegExp(`did you mean "${name}"`));
  });
});
