import assert from 'node:assert/strict';
import { EventBuffer, type Comparator } from '../../src/operator/event-buffer.js';

function drained(
  events: readonly [time: number, name: string][],
  until: number,
  comparator?: Comparator<string>,
): string[] {
  const buffer = new EventBuffer<string, string>(comparator);
  for (const [time, name] of events) buffer.add('key', name, time);
  const count = buffer.ready(until);
  const names = buffer.events.slice(0, count) as string[];
  buffer.discard(count);
  assert.equal(buffer.size, events.length - count);
  return names;
}

describe('an event buffer', () => {
  it('gives events by timestamp, and those of one timestamp by arrival', () => {
    assert.deepEqual(
      drained(
        [
          [3, 'c'],
          [1, 'a'],
          [3, 'd'],
          [2, 'b'],
        ],
        9,
      ),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('gives events up to a time, that time included, and keeps the others', () => {
    assert.deepEqual(
      drained(
        [
          [1, 'a'],
          [2, 'b'],
          [3, 'c'],
        ],
        2,
      ),
      ['a', 'b'],
    );
  });

  it('orders events of one timestamp by the comparator, stably', () => {
    const byLength: Comparator<string> = (left, right) => left.length - right.length;
    assert.deepEqual(
      drained(
        [
          [1, 'xx'],
          [1, 'y'],
          [1, 'zz'],
          [1, 'w'],
        ],
        9,
        byLength,
      ),
      ['y', 'w', 'xx', 'zz'],
    );
  });

  it('takes more events than it had room for, again and again', () => {
    const buffer = new EventBuffer<string, number>(undefined);
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 1000; index++) buffer.add('key', index, round * 1000 + index);
      assert.equal(buffer.ready(Infinity), 1000);
      assert.deepEqual(buffer.events.slice(0, 3), [0, 1, 2]);
      buffer.discard(1000);
    }
  });
});
