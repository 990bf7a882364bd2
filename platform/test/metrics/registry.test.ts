import assert from 'node:assert/strict';
import { MetricRegistry, type MetricChange } from '../../src/metrics/registry.js';

describe('the registries of several threads', () => {
  it('become one: sums add up, and of times the earliest and the latest count, whatever was merged when', () => {
    const read = new MetricRegistry();
    const threads = [new MetricRegistry(), new MetricRegistry()];
    const count = (thread: number, records: number, first: number, last: number): void => {
      threads[thread]!.counter('in', 'records').value += records;
      threads[thread]!.counter('in', 'first', 'earliest').value = first;
      threads[thread]!.counter('in', 'last', 'latest').value = last;
    };
    const merge = (): void => threads.forEach((thread) => read.merge(thread.takeChanges()));
    count(0, 3, 100, 300);
    merge();
    count(1, 4, 50, 200);
    merge();
    count(0, 2, 100, 400);
    merge();
    merge();
    assert.deepEqual(
      [...read.entries()],
      [
        ['in', 'records', 9],
        ['in', 'first', 50],
        ['in', 'last', 400],
      ],
    );
  });

  it('say only what has changed', () => {
    const registry = new MetricRegistry();
    registry.counter('in', 'records').value = 2;
    registry.counter('in', 'bad');
    const expected: MetricChange[] = [['in', 'records', 'sum', 2]];
    assert.deepEqual(registry.takeChanges(), expected);
    assert.deepEqual(registry.takeChanges(), []);
  });
});

describe('a gauge', () => {
  it('is read when somebody looks, and is 0 when it has ended', () => {
    const registry = new MetricRegistry();
    let full = 0.5;
    const end = registry.gauge('a', 'usage', () => full);
    full = 0.75;
    assert.deepEqual([...registry.entries()], [['a', 'usage', 0.75]]);
    end();
    assert.deepEqual([...registry.entries()], [['a', 'usage', 0]]);
  });

  it('is what was said of it last where it is merged, also when it has become less', () => {
    const [thread, read] = [new MetricRegistry(), new MetricRegistry()];
    let full = 0.5;
    thread.gauge('a', 'usage', () => full);
    read.merge(thread.takeChanges());
    full = 0.25;
    read.merge(thread.takeChanges());
    assert.deepEqual([...read.entries()], [['a', 'usage', 0.25]]);
  });

  it('is its successor’s, once there is one', () => {
    const registry = new MetricRegistry();
    const end = registry.gauge('a', 'usage', () => 0.5);
    registry.gauge('a', 'usage', () => 0.75);
    end();
    assert.deepEqual([...registry.entries()], [['a', 'usage', 0.75]]);
  });
});
