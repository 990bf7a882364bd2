import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import { TextReader, TextWriter } from '../../../src/record/codec/text-blocks.js';

const writer = new TextWriter();

function written(texts: readonly string[]): { readonly marks: readonly number[]; readonly bytes: Uint8Array } {
  writer.reset();
  const marks = texts.map((text) => writer.add(text));
  const out = new ByteWriter();
  writer.writeTo(out);
  return { marks, bytes: out.finish() };
}

/** Texts around the bounds of what is short, and of a block. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // A half of a character.
  fc.string().map((some) => `${some}\ud800`),
  fc.integer({ min: 10, max: 14 }).map((length) => 'a'.repeat(length)),
  fc.integer({ min: 500, max: 1500 }).map((length) => 'b'.repeat(length)),
  fc.integer({ min: 500, max: 1500 }).map((length) => 'ß'.repeat(length)),
);

describe('texts that are kept aside', () => {
  it('come back in their order, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const { marks, bytes } = written(texts);
        const reader = new TextReader(new ByteReader(bytes));
        assert.deepEqual(
          marks.map((mark) => reader.next(mark)),
          texts,
        );
        assert.equal(reader.isEmpty, true);
      }),
    );
  });

  it('leave alone what is behind them', () => {
    const bytes = new ByteReader(Buffer.concat([written(['a', 'b'.repeat(2000)]).bytes, Buffer.of(7)]));
    assert.equal(new TextReader(bytes).isEmpty, false);
    assert.equal(bytes.remaining, 1);
  });

  it('are refused when there are fewer than are asked for', () => {
    const { marks, bytes } = written(['a', 'b'.repeat(20)]);
    for (const more of [marks[0]!, marks[1]!]) {
      const reader = new TextReader(new ByteReader(bytes));
      for (const mark of marks) reader.next(mark);
      assert.throws(() => reader.next(more), CorruptBytesError);
    }
  });

  it('stand close together: sixty texts of ten characters take little more than their characters', () => {
    const { bytes } = written(Array.from({ length: 60 }, () => '0123456789'));
    assert.ok(bytes.length <= 60 * 10 + 8, `${bytes.length} bytes`);
  });
});
