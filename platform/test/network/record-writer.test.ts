import assert from 'node:assert/strict';
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

  it('that sends when it is flushed holds back all but barriers and the end, in their order', () => {
    const sent: number[] = [];
    const channel = new LocalChannel();
    const flush = channel.flush.bind(channel);
    channel.flush = () => {
      sent.push(channel.length);
      return flush();
    };
    const writer = new RecordWriter([channel], { kind: 'forward', subtask: 0 }, 'when flushed');
    const kinds = (): string[] => drain(channel).map(({ kind }) => kind);
    writer.emit(record(1));
    writer.endStep();
    assert.deepEqual([channel.length, sent], [0, []]);
    writer.control({ kind: 'watermark', watermark: 3 });
    writer.emit(record(2));
    writer.endStep();
    assert.deepEqual(sent, []);
    writer.flush();
    assert.deepEqual(sent, [3]);
    assert.deepEqual(kinds(), ['frame', 'watermark', 'frame']);
    writer.emit(record(3));
    writer.barrier({
      checkpoint: 1,
      timestamp: 0,
      type: 'checkpoint',
      alignment: { mode: 'aligned' },
      then: 'continue',
    });
    assert.deepEqual(sent, [3, 2]);
    assert.deepEqual(kinds(), ['frame', 'barrier']);
    writer.emit(record(4));
    writer.control({ kind: 'end' });
    assert.deepEqual(sent, [3, 2, 2]);
    assert.deepEqual(kinds(), ['frame', 'end']);
  });

  describe('where records are followed', () => {
    const trace = (n: number) => ({ traceId: `${n}`.padStart(32, 'a'), spanId: `${n}`.padStart(16, 'b') });
    const tracesOf = (elements: readonly StreamElement[]): unknown[] =>
      elements.map((element) => element.kind === 'frame' && element.traces);

    it('says beside each frame which of its records are, and in which traces', () => {
      const channels = [new LocalChannel(), new LocalChannel()];
      const writer = new RecordWriter(channels, { kind: 'rebalance', subtask: 0 });
      for (let n = 0; n < 6; n++) {
        if (n === 2 || n === 3) writer.emitTraced(record(n), trace(n));
        else writer.emit(record(n));
      }
      writer.flush();
      assert.deepEqual(
        channels.map((channel) => tracesOf(drain(channel))),
        [[[{ index: 1, context: trace(2) }]], [[{ index: 1, context: trace(3) }]]],
      );
    });

    it('says it to all to whom it broadcasts', () => {
      const channels = [new LocalChannel(), new LocalChannel()];
      const writer = new RecordWriter(channels, { kind: 'broadcast' });
      writer.emitTraced(record(7), trace(7));
      writer.flush();
      for (const channel of channels) assert.deepEqual(tracesOf(drain(channel)), [[{ index: 0, context: trace(7) }]]);
    });

    it('says it in whichever frame the record leaves, and of no other record', () => {
      const channel = new LocalChannel();
      const writer = new RecordWriter([channel], { kind: 'forward', subtask: 0 }, 'when flushed');
      for (let n = 0; n < 1100; n++) {
        if (n === 600) writer.emitTraced(record(n), trace(n));
        else writer.emit(record(n));
      }
      writer.flush();
      writer.emit(record(600));
      writer.flush();
      const said = tracesOf(drain(channel));
      assert.deepEqual(said, [undefined, [{ index: 600 - 512, context: trace(600) }], undefined, undefined]);
    });
  });
});
