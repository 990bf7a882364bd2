import assert from 'node:assert/strict';
import type { ExpressionText } from '../../src/spec/application.js';
import { lines, load, withRule } from './support.js';

const APPLICATION = `# The whole of the language that this version runs
name: card-fraud
settings: { parallelism: 4, maxRecordSize: 64KiB }
ingresses:
  payments:
    file: payments.jsonl
    format: json
    schema:
      cardId: { $type: string, pii: true }
      amount: double
      country: string?
      place: { lat: double, lon: double? }
      tags: list<string>
      ts: timestamp
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 5s, idleTimeout: 30s, maxFuture: 1h, late: late }
    onBadRecord: { to: bad }
  logins:
    stdin:
    format: { lines: "(?<user>\\\\w+) (?<at>.*)" }
    time: { field: meta.at, format: "yyyy/MM/dd HH:mm", zone: UTC, order: unordered }
tables:
  homeCountry: { file: cards.csv, key: cardId, schema: { cardId: string, country: string } }
rules:
  card-testing:
    description: Small probes, then one large charge
    severity: high
    tags: fraud
    from: payments
    key: [cardId, country]
    where: status == "approved"
    pattern:
      within: 10m
      skip: { toFirst: probe, onMiss: fail }
      steps:
        - begin: probe
          where: amount < 5
          times: 3..
          greedy: true
        - followedBy: middle
          optional: true
          steps:
            - begin: inner
              where: [amount > 5, amount < 10]
              until: amount > 9
              times: 2..4
              repeat: consecutive
        - next: cashout
          from: payments
          maxGap: 5m
      onTimeout: { reached: probe, to: late }
    select:
      card: key()
      amount: cashout.amount
    message: "Card {{ card }}: {{ amount }}!"
    suppress: { for: 1h, by: card }
    onError: dead-letter
    to: [alerts, late]
  takeover:
    from: { logins: { key: user }, payments: { key: owner } }
    to: alerts
  again:
    mode: disabled
    from: [card-testing, takeover]
    to: alerts
egresses:
  alerts: { http: { url: "https://example.com" }, delivery: at-least-once }
  late: { file: { path: out/late.jsonl } }
  bad: { file: out/bad.jsonl }
tests:
  a sentence:
    tables: { homeCountry: [{ cardId: c1, country: NL }] }
    steps:
      - { at: 1m, payments: { cardId: c1, amount: 1 }, repeat: { times: 3, every: 1m } }
      - watermark: 6m
      - end: true
    expect: { alerts: [{ rule: card-testing }], late: [] }
`;

const text = (expressions: readonly ExpressionText[] | undefined) => expressions?.map((one) => one.text);

describe('An application', () => {
  const { application, diagnostics } = load(APPLICATION);
  assert.ok(application);

  it('is read without an error; what may be lost is said', () => {
    assert.deepEqual(lines(diagnostics), ['TG150 18:5 ingresses.logins: What was read is lost with the process']);
    assert.equal(diagnostics[0]?.severity, 'warning');
  });

  it('has its settings in bytes, with defaults and absolute paths', () => {
    const { parallelism, maxParallelism, stateDir, maxRecordSize } = application.settings;
    assert.deepEqual(
      [parallelism, maxParallelism, stateDir, maxRecordSize],
      [4, 128, '/app/.tidegate/card-fraud', 65536],
    );
  });

  it('has ingresses with short forms written out', () => {
    const payments = application.ingresses.get('payments');
    assert.deepEqual(
      { ...payments?.connector.options },
      { path: ['payments.jsonl'], follow: false, pollInterval: 250 },
    );
    assert.deepEqual(payments?.onBadRecord, { kind: 'dead-letter', to: 'bad' });
    assert.equal(payments?.late, 'late');
    const logins = application.ingresses.get('logins');
    assert.deepEqual([logins?.connector.type, logins?.format.type], ['stdin', 'lines']);
    assert.equal(logins?.format.options['pattern'], '(?<user>\\w+) (?<at>.*)');
    assert.deepEqual(logins?.onBadRecord, { kind: 'fail' });
  });

  it('has times in milliseconds, with the path of their field', () => {
    assert.deepEqual(application.ingresses.get('payments')?.time, {
      kind: 'event',
      field: ['ts'],
      format: 'epoch-millis',
      maxOutOfOrderness: 5_000,
      idleTimeout: 30_000,
      maxFuture: 3_600_000,
      order: 'sorted',
    });
    assert.deepEqual(application.ingresses.get('logins')?.time, {
      kind: 'event',
      field: ['meta', 'at'],
      format: { pattern: 'yyyy/MM/dd HH:mm' },
      zone: 'UTC',
      maxOutOfOrderness: 0,
      order: 'unordered',
    });
  });

  it('has schemas as record types', () => {
    assert.deepEqual(application.ingresses.get('payments')?.schema, {
      kind: 'record',
      open: false,
      fields: {
        cardId: { type: { kind: 'string' }, pii: true },
        amount: { type: { kind: 'double' } },
        country: { type: { kind: 'string' }, optional: true },
        place: {
          type: {
            kind: 'record',
            open: false,
            fields: { lat: { type: { kind: 'double' } }, lon: { type: { kind: 'double' }, optional: true } },
          },
        },
        tags: { type: { kind: 'list', element: { kind: 'string' } } },
        ts: { type: { kind: 'timestamp' } },
      },
    });
    assert.deepEqual(application.ingresses.get('logins')?.schema, { kind: 'record', fields: {}, open: true });
  });

  it('has rules with the key of each input, whichever way it is written', () => {
    const inputs = (name: string) =>
      application.rules.get(name)?.inputs.map((input) => [input.kind, input.name, text(input.key)]);
    assert.deepEqual(inputs('card-testing'), [['ingress', 'payments', ['cardId', 'country']]]);
    assert.deepEqual(inputs('takeover'), [
      ['ingress', 'logins', ['user']],
      ['ingress', 'payments', ['owner']],
    ]);
    assert.deepEqual(inputs('again'), [
      ['rule', 'card-testing', []],
      ['rule', 'takeover', []],
    ]);
    assert.equal(application.rules.get('again')?.mode, 'disabled');
  });

  it('has patterns with every quantifier', () => {
    const pattern = application.rules.get('card-testing')?.pattern;
    assert.equal(pattern?.within, 600_000);
    assert.deepEqual(pattern?.skip, {
      kind: 'toFirst',
      stage: 'probe',
      onMiss: 'fail',
      path: ['rules', 'card-testing', 'pattern', 'skip'],
    });
    assert.deepEqual(pattern?.onTimeout, {
      reached: 'probe',
      to: ['late'],
      toFunctions: [],
      path: ['rules', 'card-testing', 'pattern', 'onTimeout'],
    });
    const [probe, middle, cashout] = pattern?.steps ?? [];
    assert.deepEqual(
      [probe?.relation, probe?.name, probe?.times, probe?.greedy],
      ['begin', 'probe', { from: 3, to: null }, true],
    );
    assert.deepEqual([middle?.relation, middle?.optional, middle?.where], ['followedBy', true, []]);
    const [inner] = middle?.steps ?? [];
    assert.deepEqual(
      [text(inner?.where), text(inner?.until), inner?.times, inner?.repeat],
      [['amount > 5', 'amount < 10'], ['amount > 9'], { from: 2, to: 4 }, 'consecutive'],
    );
    assert.deepEqual([cashout?.relation, cashout?.from, cashout?.maxGap], ['next', ['payments'], 300_000]);
  });

  it('has alerts in the order of the file, with the message taken apart', () => {
    const rule = application.rules.get('card-testing');
    assert.deepEqual(
      rule?.select.map(({ name, value }) => [name, value.text]),
      [
        ['card', 'key()'],
        ['amount', 'cashout.amount'],
      ],
    );
    assert.deepEqual(
      rule?.message.map((part) => (typeof part === 'string' ? part : [part.text, part.offset])),
      ['Card ', ['card', 8], ': ', ['amount', 20], '!'],
    );
    assert.deepEqual(
      [rule?.suppress?.for, text(rule?.suppress?.by), rule?.onError, rule?.to],
      [3_600_000, ['card'], 'dead-letter', ['alerts', 'late']],
    );
    assert.deepEqual([rule?.severity, rule?.tags], ['high', ['fraud']]);
  });

  it('has egresses with the strongest delivery that their connectors offer', () => {
    assert.deepEqual(
      [...application.egresses.values()].map((one) => [one.name, one.delivery]),
      [
        ['alerts', 'at-least-once'],
        ['late', 'exactly-once'],
        ['bad', 'exactly-once'],
      ],
    );
  });

  it('has tests as timelines', () => {
    const test = application.tests.get('a sentence');
    assert.deepEqual(
      test?.steps.map((step) => ({ ...step, path: [] })),
      [
        {
          kind: 'event',
          ingress: 'payments',
          value: { cardId: 'c1', amount: 1 },
          at: 60_000,
          repeat: { times: 3, every: 60_000 },
          path: [],
        },
        { kind: 'watermark', at: 360_000, path: [] },
        { kind: 'end', path: [] },
      ],
    );
    assert.deepEqual(
      [...(test?.expect ?? [])],
      [
        ['alerts', [{ rule: 'card-testing' }]],
        ['late', []],
      ],
    );
    assert.deepEqual([...(test?.tables ?? [])], [['homeCountry', [{ cardId: 'c1', country: 'NL' }]]]);
  });
});

describe('Several mistakes in one rule', () => {
  const { application, diagnostics } = load(withRule('form: paymnts\nserverity: high\nwhere: amout > 5\nto: alert'));

  it('are all reported, each once, with the nearest name', () => {
    assert.deepEqual(lines(diagnostics), [
      'TG110 4:5 unknown key "form" in rules.r; did you mean "from"?',
      'TG120 4:11 unknown ingress or rule "paymnts" in rules.r.form; did you mean "payments"?',
      'TG110 5:5 unknown key "serverity" in rules.r; did you mean "severity"?',
      'TG120 7:9 unknown egress "alert" in rules.r.to; did you mean "alerts"?',
    ]);
  });

  it('leave a draft in which the rest can be checked', () => {
    const rule = application?.rules.get('r');
    assert.deepEqual(
      [rule?.inputs[0]?.name, rule?.severity, rule?.where[0]?.text, rule?.to],
      ['payments', 'high', 'amout > 5', ['alerts']],
    );
  });
});
