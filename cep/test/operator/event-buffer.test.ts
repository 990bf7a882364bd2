import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventBuffer } from '../../src/operator/event-buffer.js';
import type { Comparator } from '../../src/operator/sorted-run.js';

function drained(
  events: readonly [time: number, name: string][],
  until: number,
  comparator?: Comparator<string>,
): string[] {
  const buffer = new EventBuffer<string, string>(comparator);
  for (const [time, name] of events) buffer.add('key', name, time);
  const count = buffer.ready(until);
  const names = buffer.due.events.slice(buffer.due.start, buffer.due.start + count) as string[];
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
      assert.deepEqual(buffer.due.events.slice(0, 3), [0, 1, 2]);
      buffer.discard(1000);
    }
  });

  it('gives the same as sorting all that waits would, whatever channels the events come from and however far these are apart', () => {
    interface Sent {
      readonly time: number;
      readonly rank: number;
      readonly arrival: number;
    }
    const byRank: Comparator<Sent> = (left, right) => left.rank - right.rank;
    const order = (left: Sent, right: Sent): number => left.time - right.time || byRank(left, right);
    // Each channel has its own time, which goes on by small steps; between some of the events the watermark rises.
    const rise = fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
    );
    const step = fc.record({ channel: fc.nat(3), by: fc.nat(2), rank: fc.nat(1), watermark: rise });
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 4, maxLength: 4 }),
        fc.array(step, { minLength: 20, maxLength: 150 }),
        (starts, steps) => {
          const buffer = new EventBuffer<string, Sent>(byRank);
          let waiting: Sent[] = [];
          let passed = -1;
          const times = [...starts];
          steps.forEach(({ channel, by, rank, watermark }, arrival) => {
            const time = (times[channel]! += by);
            if (time > passed) {
              const sent = { time, rank, arrival };
              waiting.push(sent);
              buffer.add(`key ${arrival}`, sent, time);
            }
            if (watermark === 0) return;
            passed += watermark;
            const due = waiting.filter((sent) => sent.time <= passed).sort(order);
            waiting = waiting.filter((sent) => sent.time > passed);
            const count = buffer.ready(passed);
            const { keys, events, timestamps, start } = buffer.due;
            const ready = Array.from({ length: count }, (_, i) => start + i);
            assert.deepEqual(
              ready.map((i) => events[i]),
              due,
            );
            assert.deepEqual(
              ready.map((i) => [keys[i], timestamps[i]]),
              due.map(({ arrival: of, time: at }) => [`key ${of}`, at]),
            );
            buffer.discard(count);
            assert.equal(buffer.size, waiting.length);
            const kept = [...buffer.runs()].flatMap((run) => run.events.slice(run.start, run.end) as Sent[]);
            // Those that are equal stay in the order in which they came: who is given them again has the same order.
            assert.deepEqual(kept.sort(order), [...waiting].sort(order));
          });
        },
      ),
    );
  });
});
