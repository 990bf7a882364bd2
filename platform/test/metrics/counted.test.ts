import assert from 'node:assert/strict';
import { connectorMetrics } from '../../src/metrics/connector-metrics.js';
import { countedAs, jobReadings } from '../../src/metrics/counted.js';
import { instrumentOf, INSTRUMENTS, type InstrumentName } from '../../src/metrics/instruments.js';
import { MetricRegistry } from '../../src/metrics/registry.js';

const CASES: readonly (readonly [
  scope: string,
  counter: string,
  name: InstrumentName,
  labels: Record<string, string>,
])[] = [
  ['ingresses.in[3]', 'recordsIn', 'tidegate.task.records.in', { task: 'ingresses.in', subtask: '3' }],
  ['rules.a[0]', 'busyMs', 'tidegate.task.busy.time', { task: 'rules.a', subtask: '0' }],
  [
    'ingresses.in[1]>ingresses.in/main>rules.a/0',
    'usage',
    'tidegate.channel.output.usage',
    { task: 'ingresses.in', subtask: '1', channel: 'ingresses.in/main>rules.a/0' },
  ],
  ['ingresses.in', 'late', 'tidegate.ingress.records.late', { ingress: 'in' }],
  ['egresses.out', 'written', 'tidegate.egress.records', { egress: 'out' }],
  ['egresses.out', 'transactions.fenced', 'tidegate.egress.transactions', { egress: 'out', outcome: 'fenced' }],
  ['egresses.out', 'deliveries.given_up', 'tidegate.egress.deliveries', { egress: 'out', outcome: 'given_up' }],
  ['patterns.in.7782df67', 'late', 'tidegate.operator.records.late', { operator: 'patterns.in.7782df67' }],
  ['rules.a', 'keyless', 'tidegate.operator.records.keyless', { operator: 'rules.a' }],
  ['rules.a', 'alerts', 'tidegate.rule.alerts', { rule: 'a' }],
  ['functions.shop/cart', 'messagesIn', 'tidegate.function.in', { function: 'shop/cart' }],
  ['functions.shop/cart[1]', 'backlog', 'tidegate.function.backlog', { function: 'shop/cart', subtask: '1' }],
  ['functions[1]', 'recordsIn', 'tidegate.task.records.in', { task: 'functions', subtask: '1' }],
  ['network', 'sentBytes', 'tidegate.network.bytes.sent', {}],
];

describe('what tasks count', () => {
  for (const [scope, counter, name, labels] of CASES) {
    it(`is ${name} outside: ${counter} of ${scope}`, () => {
      const found = countedAs(scope, counter);
      assert.equal(found?.counted.name, name);
      assert.deepEqual(found?.labels, labels);
      assert.deepEqual(Object.keys({ job: 'j', ...labels }).sort(), [...instrumentOf(name).labels].sort());
    });
  }

  it('is for nobody outside, where no instrument is for it', () => {
    assert.equal(countedAs('ingresses.in', 'earliestTime'), undefined);
    assert.equal(countedAs('rules.a', 'constructor'), undefined);
  });

  it('is in seconds outside, and of a time how long ago it was, once there is one', () => {
    const registry = new MetricRegistry();
    registry.counter('rules.a[0]', 'idleMs').value = 1500;
    registry.gauge('rules.a[0]', 'watermark', () => 4000);
    registry.gauge('rules.a[1]', 'watermark', () => 0);
    const labels = { job: 'j', task: 'rules.a', subtask: '0' };
    assert.deepEqual(
      [...jobReadings('j', registry, 10_000)],
      [
        { name: 'tidegate.task.idle.time', value: 1.5, labels },
        { name: 'tidegate.task.watermark', value: 4, labels },
        { name: 'tidegate.task.watermark.lag', value: 6, labels },
      ],
    );
  });

  it('of durations is how many of them each bucket has, bounds included, and their sum', () => {
    const registry = new MetricRegistry();
    const metrics = connectorMetrics(registry, 'egresses.out', 0);
    for (const ms of [0, 10, 11, 600_000, 600_001]) metrics.took('commit', ms);
    connectorMetrics(registry, 'egresses.other', 0).took('delivery', 5);
    const readings = [...jobReadings('j', registry, 0)];
    assert.deepEqual(
      readings.map(({ name, labels, value, distribution }) => [name, labels['egress'], value, distribution?.sum]),
      [
        ['tidegate.egress.commit.duration', 'out', 5, 1200.022],
        ['tidegate.egress.request.duration', 'other', 1, 0.005],
      ],
    );
    assert.deepEqual(readings[0]?.distribution?.counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });
});

describe('instruments', () => {
  for (const name of Object.keys(INSTRUMENTS) as InstrumentName[]) {
    it(`have a name, a unit and bounds as they should: ${name}`, () => {
      const { kind, unit, bounds } = instrumentOf(name);
      assert.match(name, /^[a-z][a-z0-9]*(?:[._][a-z0-9]+)+$/);
      assert.match(unit, /^(?:s|By|1|\{[a-z]+\})$/);
      assert.equal(bounds !== undefined, kind === 'histogram');
    });
  }
});
