import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ElementPieces } from '../../src/network/element-pieces.js';
import type { FrameElement, StreamElement } from '../../src/network/element.js';
import { ElementCodec } from '../../src/network/element-codec.js';
import { partOf, readTraces, writeTraces } from '../../src/network/frame-traces.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { InputGate } from '../../src/network/input-gate.js';
import { PassingReader } from '../../src/network/passing/passing-reader.js';
import { PassingWriter } from '../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { ByteReader, CorruptBytesError } from '../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../src/record/codec/byte-writer.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';

const SPLIT = { ingress: 'in', id: 'a' };

function context(n: number) {
  return { traceId: `${n}`.padStart(32, 'a'), spanId: `${n}`.padStart(16, 'b') };
}

/** @param followed indices of its records */
function frame(count: number, followed: readonly number[], text = ''): FrameElement {
  const records = Array.from({ length: count }, (_, n) => {
    return new StreamRecord({ n, text }, n, 'in', SPLIT, n, undefined, undefined);
  });
  const traces = followed.map((index) => ({ index, context: context(index) }));
  return { kind: 'frame', records, keys: undefined, ...(traces.length === 0 ? {} : { traces }) };
}

/** For each record that is followed its number and its trace. */
function followedIn(frames: readonly StreamElement[]): unknown[] {
  return frames.flatMap((element) => {
    if (element.kind !== 'frame') return [];
    return (element.traces ?? []).map((trace) => [
      (element.records[trace.index] as StreamRecord).offset,
      trace.context.traceId,
    ]);
  });
}

const whole = (followed: readonly number[]): unknown[] => followed.map((n) => [n, context(n).traceId]);

describe('what is said of traces beside a frame', () => {
  it('passes between threads and processes, for whichever records are followed', () => {
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), (followed) => {
        const writer = new PassingWriter(new SourceForms({}));
        const reader = new PassingReader(new SourceForms({}));
        for (const element of [frame(8, followed), frame(3, []), frame(8, followed)])
          assert.deepEqual(reader.read(new Uint8Array(writer.write(element))), element);
      }),
    );
  });

  it('is no part of what a checkpoint keeps', () => {
    const codec = new ElementCodec({});
    assert.deepEqual(codec.read(codec.writer().write(frame(3, [1]))), frame(3, []));
  });

  it('stays with its records when a frame is divided', () => {
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), fc.integer({ min: 0, max: 8 }), (followed, at) => {
        const element = frame(8, followed);
        const parts = [partOf(element, 0, at), partOf(element, at)];
        assert.deepEqual(
          parts.map(({ records }) => records.length),
          [at, 8 - at],
        );
        assert.deepEqual(followedIn(parts), whole(followed));
        for (const part of parts) assert.notDeepEqual(part.traces, []);
      }),
    );
  });

  it('stays with its records when a frame is too large for one piece', () => {
    const writer = new PassingWriter(new SourceForms({}));
    const reader = new PassingReader(new SourceForms({}));
    const read: StreamElement[] = [];
    const element = frame(8, [1, 6], 'x'.repeat(300_000));
    new ElementPieces(writer, 2 ** 24).write(element, (piece) => read.push(reader.read(new Uint8Array(piece))));
    assert.ok(read.length > 1);
    assert.deepEqual(followedIn(read), whole([1, 6]));
  });

  it('stays with the records that a task gives back to its gate', () => {
    const channel = new LocalChannel();
    const gate = new InputGate([{ channel, input: 0 }], new VirtualClock());
    channel.push(frame(8, [1, 5]));
    const event = gate.poll();
    assert.equal(event?.kind, 'frame');
    if (event?.kind === 'frame') gate.giveBack(event, 3);
    const rest = gate.poll();
    assert.deepEqual(rest?.kind === 'frame' && followedIn([rest.frame]), whole([5]));
  });

  const broken: readonly (readonly [what: string, indices: readonly number[]])[] = [
    ['a record that is not there', [3]],
    ['a record twice', [1, 1]],
    ['records in another order', [2, 1]],
  ];
  for (const [what, indices] of broken)
    it(`is refused if it is of ${what}`, () => {
      const out = new ByteWriter();
      writeTraces(
        indices.map((index) => ({ index, context: context(index) })),
        out,
      );
      assert.throws(() => readTraces(new ByteReader(out.finish()), 3), CorruptBytesError);
    });
});
