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
