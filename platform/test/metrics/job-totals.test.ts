import assert from 'node:assert/strict';
import { JobCounts } from '../../src/metrics/job-totals.js';
import { MetricRegistry } from '../../src/metrics/registry.js';

/** A thread that counts. */
function thread(counted: Readonly<Record<string, number>>) {
  const registry = new MetricRegistry();
  for (const [name, value] of Object.entries(counted)) {
    const [scope, counter] = name.split(' ') as [string, string];
    registry.counter(scope, counter, counter === 'watermark' ? 'now' : 'sum').value = value;
  }
  return registry.takeChanges();
}

describe('the totals of a job', () => {
  it('are sums over its tasks, rules and ingresses, wherever they were counted', () => {
    const counts = new JobCounts(new MetricRegistry());
    counts.merge(
      thread({
        ...{ 'ingresses.in records': 10, 'ingresses.in bad': 2, 'ingresses.in late': 1, 'egresses.out written': 3 },
        ...{ 'rules.r[0] recordsIn': 4, 'rules.r[0] recordsOut': 1, 'rules.r[0] watermark': 500 },
        ...{ 'rules.r alerts': 2, 'rules.r errors': 1 },
      }),
      1000,
    );
    counts.merge(thread({ 'rules.r[1] recordsIn': 5, 'rules.r[1] watermark': 300, 'rules.r keyless': 1 }), 1000);
    const { tasks, rules, ...sums } = counts.totals(1000);
    assert.deepEqual(sums, { events: 10, eventsPerSecond: 0, written: 3, alerts: 2, late: 1, deadLetters: 4 });
    const shares = { busy: 0, backPressured: 0, idle: 0 };
    assert.deepEqual(tasks, [{ task: 'rules.r', recordsIn: 9, recordsOut: 1, ...shares, watermark: 300 }]);
    assert.deepEqual(rules, [{ rule: 'r', alerts: 2, suppressed: 0, timeouts: 0, errors: 1 }]);
  });

  it('are as fast as they grew between two looks, and stand still when nothing is counted any more', () => {
    const counts = new JobCounts(new MetricRegistry());
    const look = (at: number, records: number, busyMs: number, idleMs: number): void =>
      counts.merge(thread({ 'ingresses.in records': records, 'a[0] busyMs': busyMs, 'a[0] idleMs': idleMs }), at);
    look(1000, 50, 10, 10);
    look(2000, 50, 100, 100);
    look(3000, 300, 1400, 400);
    const { events, eventsPerSecond, tasks } = counts.totals(3500);
    assert.deepEqual([events, eventsPerSecond], [400, 175]);
    assert.deepEqual([tasks[0]!.busy, tasks[0]!.idle], [0.75, 0.25]);
    assert.equal(counts.totals(60_000).eventsPerSecond, 0);
    assert.equal(counts.totals(60_000).events, 400);
  });
});
