import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import type { StreamElement } from '../../src/network/element.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { RecordWriter } from '../../src/network/record-writer.js';
import { keyGroupOf, subtaskOf } from '../../src/record/key.js';
import { StreamRecord } from '../../src/record/stream-record.js';

const SPLIT = { ingress: 'in', id: 'a' };
const record = (n: number): StreamRecord => new StreamRecord({ n }, n, 'in', SPLIT, n, undefined, undefined);

function drain(channel: LocalChannel): StreamElement[] {
  const elements: StreamElement[] = [];
  for (let element = channel.poll(); element !== undefined; element = channel.poll()) elements.push(element);
  return elements;
}

function numbers(elements: readonly StreamElement[]): number[] {
  return elements.flatMap((element) =>
    element.kind === 'frame' ? element.records.map((r) => (r as StreamRecord).timestamp) : [],
  );
}

describe('a record writer', () => {
  it('sends all records of a key to the subtask that owns its key group, with the key', () => {
    const channels = [new LocalChannel(), new LocalChannel(), new LocalChannel()];
    const keyOf = (r: unknown): string => `card-${(r as StreamRecord).timestamp % 10}`;
    const writer = new RecordWriter(channels, { kind: 'hash', keyOf, maxParallelism: 128 });
    for (let i = 0; i < 100; i++) writer.emit(record(i));
    writer.flush();
    channels.forEach((channel, subtask) => {
      for (const element of drain(channel)) {
        if (element.kind !== 'frame') continue;
        element.records.forEach((r, i) => {
          const key = keyOf(r);
          assert.equal(element.keys?.[i], key);
          assert.equal(subtaskOf(keyGroupOf(key, 128), 128, 3), subtask);
        });
      }
    });
  });

  it('deals records out in turn when it rebalances, beginning at its own subtask', () => {
    const channels = [new LocalChannel(), new LocalChannel()];
    const writer = new RecordWriter(channels, { kind: 'rebalance', subtask: 1 });
    for (let i = 0; i < 4; i++) writer.emit(record(i));
    writer.flush();
    assert.deepEqual(
      channels.map((channel) => numbers(drain(channel))),
      [
        [1, 3],
        [0, 2],
      ],
    );
  });

  it('gives every consumer every record when it broadcasts', () => {
    const channels = [new LocalChannel(), new LocalChannel()];
    const writer = new RecordWriter(channels, { kind: 'broadcast' });
    writer.emit(record(7));
    writer.flush();
    assert.deepEqual(
      channels.map((channel) => numbers(drain(channel))),
      [[7], [7]],
    );
  });

  it('sends a watermark behind the records before it', () => {
    const channel = new LocalChannel();
    const writer = new RecordWriter([channel], { kind: 'forward', subtask: 0 });
    writer.emit(record(1));
    writer.control({ kind: 'watermark', watermark: 1 });
    assert.deepEqual(
      drain(channel).map((element) => element.kind),
      ['frame', 'watermark'],
    );
  });

  it('has no credit while a channel is full, and gets it back as the channel drains', () => {
    const channel = new LocalChannel();
    const writer = new RecordWriter([channel], { kind: 'forward', subtask: 0 });
    while (writer.hasCredit()) writer.control({ kind: 'idle' });
    const full = channel.length;
    channel.poll();
    assert.equal(writer.hasCredit(), true);
    assert.equal(channel.length, full - 1);
  });

  it('with a buffer timeout holds the records of short steps back until the oldest has waited, but never behind a watermark', () => {
    const clock = new VirtualClock();
    const channel = new LocalChannel();
    const writer = new RecordWriter([channel], { kind: 'forward', subtask: 0 }, { timeoutMs: 10, clock });
    const step = (n: number): void => {
      writer.emit(record(n));
      writer.flush();
    };
    step(1);
    assert.equal(writer.deadline, 10);
    clock.advanceTo(9);
    step(2);
    assert.equal(channel.length, 0);
    clock.advanceTo(10);
    writer.flush();
    assert.equal(writer.deadline, undefined);
    assert.deepEqual(numbers(drain(channel)), [1, 2]);
    step(3);
    writer.control({ kind: 'watermark', watermark: 3 });
    assert.equal(writer.deadline, undefined);
    assert.deepEqual(
      drain(channel).map(({ kind }) => kind),
      ['frame', 'watermark'],
    );
  });
});
