/** Options of egresses that are expressions: what they may read, what they must give, and what the graph holds of them. */
import assert from 'node:assert/strict';
import type { SinkNode } from '../../src/job/stream-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import { OutgoingValues } from '../../src/operators/sink/outgoing-values.js';
import { DeadLetter } from '../../src/record/dead-letter.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { planText } from './plan-text.js';

const application = (options: string, more = ''): string => `
name: sample
ingresses:
  payments:
    file: payments.jsonl
    schema: { card: string, amount: double, count: int, at: timestamp }
    time: { field: at, late: jobs }
  logins:
    file: logins.jsonl
    schema: { user: string, at: timestamp }
    time: { field: at }
tables:
  owners: { file: owners.csv, key: card, schema: { card: string, owner: string } }
rules:
  large:
    from: payments
    key: card
    where: amount > 500
    select: { card: card, amount: amount, count: count }
    severity: high
    to: jobs
  login:
    from: logins
    select: { user: user }
    to: jobs
${more}
egresses:
  jobs:
    bullmq:
      url: redis://localhost:6379
      queue: jobs
${options.replace(/^/gm, '      ')}
`;

function sinkOf(options: string): SinkNode {
  const { graph, diagnostics } = planText(application(options));
  assert.ok(graph, JSON.stringify(diagnostics));
  return graph.sinks[0]!;
}

function errorsOf(options: string): string[] {
  const { diagnostics } = planText(application(options));
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`);
}

const alert = (value: Readonly<Record<string, unknown>>, rule = 'large', severity = 'high'): StreamRecord =>
  new StreamRecord(value, 1000, rule, { ingress: rule, id: rule }, 'abc', undefined, {
    id: 'abc',
    rule,
    severity,
    tags: [],
    key: 'c1',
    time: 1000,
    message: undefined,
    stages: [],
    timedOutAt: undefined,
    isSelected: true,
    suppressBy: undefined,
  });

describe('options of egresses that are expressions', () => {
  it('are typed trees in the graph, apart from the options; a text without an expression stays an option', () => {
    const { connector, values } = sinkOf('name: "{{ alert.rule }}"\npriority: count + 1');
    assert.deepEqual(Object.keys(connector.options).includes('name'), false);
    assert.deepEqual(connector.options['queue'], 'jobs');
    assert.deepEqual(
      values?.map(({ option }) => option),
      ['name', 'priority'],
    );
    assert.deepEqual(
      [sinkOf('name: notify').connector.options['name'], sinkOf('name: notify').values],
      ['notify', undefined],
    );
  });

  it('stand wherever the connector declares them, and leave what stands beside them', () => {
    const { connector, values } = sinkOf('backoff:\n  type: fixed\n  delay: duration("10s")');
    assert.deepEqual(connector.options['backoff'], { type: 'fixed' });
    assert.equal(values?.[0]?.option, 'backoff.delay');
  });

  const refused: readonly (readonly [options: string, error: RegExp])[] = [
    ['priority: amuont', /TG\d+ .*amuont/],
    ['priority: card', /TG209 expected int, found string/],
    ['delay: count', /TG209 expected duration, found int/],
    ['name: "{{ alert.secerity }}"', /an alert has no "secerity"/],
    ['name: "{{ cards.x }}"', /cards/],
    ['priority: count +', /TG\d+/],
  ];
  for (const [options, error] of refused) {
    it(`are refused as those of rules are: ${options}`, () => {
      const errors = errorsOf(options);
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0]!, error);
    });
  }

  it('count as readers of tables', () => {
    const { diagnostics } = planText(application('name: "{{ tables.owners[card].owner }}"'));
    assert.ok(!diagnostics.some(({ message }) => message.includes('"owners" is not used')));
  });

  describe('for each record', () => {
    const valuesOf = (options: string, ...payloads: readonly (StreamRecord | DeadLetter)[]) => {
      const { id, values } = sinkOf(options);
      const tables = new Map([['owners', { get: (key: unknown) => (key === 'c1' ? { owner: 'Ann' } : undefined) }]]);
      const metrics = new MetricRegistry();
      const outgoing = new OutgoingValues(id, values ?? [], { tables }, metrics);
      return { computed: payloads.map((payload) => outgoing.of(payload)), errors: metrics.counter(id, 'errors').value };
    };
    const large = alert({ card: 'c1', amount: 900.5, count: 3 });

    it('read the alert: its fields, its envelope, its key, its time, and tables', () => {
      const { computed } = valuesOf(
        [
          'name: "{{ alert.rule }}/{{ alert.severity }}/{{ key() }}/{{ tables.owners[card].owner }}/{{ eventTime() }}"',
          'priority: count + 1',
          'delay: duration("90s")',
          'backoff:',
          '  delay: duration(string(count) + "s")',
        ].join('\n'),
        large,
      );
      assert.deepEqual(computed, [
        {
          name: 'large/high/c1/Ann/1970-01-01T00:00:01Z',
          priority: 4,
          delay: 90_000,
          'backoff.delay': 3_000,
        },
      ]);
    });

    it('are not there where a field is absent, and a text is not with a part of it', () => {
      const options = 'name: "card {{ card }}"\npriority: count';
      const { computed, errors } = valuesOf(options, alert({ user: 'u' }, 'login'), large);
      assert.deepEqual([computed, errors], [[{}, { name: 'card c1', priority: 3 }], 0]);
    });

    it('are not there where they cannot be computed, which is counted', () => {
      const { computed, errors } = valuesOf('priority: math.div(1, count)', alert({ count: 0 }));
      assert.deepEqual([computed, errors], [[{}], 1]);
    });

    it('read late events as events', () => {
      const late = new StreamRecord(
        { card: 'c2', count: 7 },
        5,
        'payments',
        { ingress: 'p', id: 'f' },
        0,
        undefined,
        undefined,
      );
      assert.deepEqual(valuesOf('name: "{{ source() }}-{{ card }}"\npriority: count', late).computed, [
        { name: 'payments-c2', priority: 7 },
      ]);
    });
  });

  it('read dead letters by the fields that they have in JSON', () => {
    const text = application('name: "bad: {{ reason }} at {{ offset }}"').replace(
      'late: jobs }',
      'late: jobs }\n    onBadRecord: { to: jobs }',
    );
    const { graph, diagnostics } = planText(text);
    assert.ok(graph, JSON.stringify(diagnostics));
    const { id, values } = graph.sinks[0]!;
    const outgoing = new OutgoingValues(id, values!, {}, new MetricRegistry());
    assert.deepEqual(outgoing.of(new DeadLetter('ingresses.payments', 'f', 17, 'no JSON', '{')), {
      name: 'bad: no JSON at 17',
    });
  });
});
