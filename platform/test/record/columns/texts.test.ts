import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import { Repetition } from '../../../src/record/columns/repetition.js';
import { SeenTexts } from '../../../src/record/columns/seen-texts.js';
import { TextReader } from '../../../src/record/columns/text-reader.js';
import { TextWriter } from '../../../src/record/columns/text-writer.js';

interface Written {
  readonly cells: readonly number[];
  readonly bytes: Uint8Array;
}

/** Both ends of a channel with one column of texts. */
class TextChannel {
  readonly #writer = new TextWriter(new SeenTexts());
  readonly #sent = new SeenTexts();
  readonly #come = new SeenTexts();
  readonly #repetition = new Repetition();

  write(texts: readonly string[]): Written {
    if (this.#sent.nextFrame()) this.#come.forget();
    this.#writer.begin(this.#sent);
    const cells = texts.map((text) => this.#writer.add(text, this.#repetition));
    const out = new ByteWriter();
    this.#writer.writeTo(out);
    return { cells, bytes: out.finish() };
  }

  reader({ bytes }: Written): TextReader {
    return new TextReader(new ByteReader(bytes), this.#come);
  }

  read(written: Written): string[] {
    const reader = this.reader(written);
    const texts = written.cells.map((cell) => reader.next(cell));
    assert.equal(reader.isEmpty, true);
    return texts;
  }
}

/** Texts around the bounds of what is short, of what is remembered, and of a block; some often. */
const text = fc.oneof(
  fc.constantFrom('', 'DE', 'FR', 'a note that comes again and again', 'Zürich', '\ud800'),
  fc.string(),
  fc.string({ unit: 'binary' }),
  // A half of a character.
  fc.string().map((some) => `${some}\ud800`),
  fc.integer({ min: 10, max: 14 }).map((length) => 'a'.repeat(length)),
  fc.integer({ min: 250, max: 260 }).map((length) => 'c'.repeat(length)),
  fc.integer({ min: 500, max: 1500 }).map((length) => 'b'.repeat(length)),
  fc.integer({ min: 500, max: 1500 }).map((length) => 'ß'.repeat(length)),
);

describe('texts that are kept aside', () => {
  it('come back in their order, frame by frame, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.array(text), { maxLength: 8 }), (frames) => {
        const channel = new TextChannel();
        for (const texts of frames) assert.deepEqual(channel.read(channel.write(texts)), texts);
      }),
    );
  });

  it('come back also when so many pass that the column stops looking for them, and begins again', () => {
    const channel = new TextChannel();
    for (let frame = 0; frame < 100; frame++) {
      const texts = Array.from({ length: 200 }, (_, i) => (frame % 40 < 20 ? `new ${frame} ${i}` : `old ${i % 3}`));
      assert.deepEqual(channel.read(channel.write(texts)), texts);
    }
  });

  it('do not come again when both ends know them: then the reader gives the object that it gave before', () => {
    const channel = new TextChannel();
    const note = 'a note of more than a few characters';
    channel.read(channel.write([note]));
    const again = channel.write(Array.from({ length: 100 }, () => note));
    assert.ok(again.bytes.length < note.length, `${again.bytes.length} bytes`);
    assert.deepEqual(new Set(channel.read(again)), new Set([note]));
  });

  it('come again after many frames, when both ends have forgotten them', () => {
    const channel = new TextChannel();
    const sizes = new Set<number>();
    for (let frame = 0; frame < 200; frame++) {
      const written = channel.write(['a note of more than a few characters']);
      assert.deepEqual(channel.read(written), ['a note of more than a few characters']);
      if (frame > 0) sizes.add(written.bytes.length);
    }
    assert.equal(sizes.size, 2);
  });

  it('are refused when there are fewer than are asked for', () => {
    const channel = new TextChannel();
    const unique = Array.from({ length: 300 }, (_, i) => `text ${i}`);
    channel.read(channel.write(unique));
    const written = channel.write(['a', 'b'.repeat(20)]);
    for (const more of written.cells) {
      const reader = channel.reader(written);
      for (const cell of written.cells) reader.next(cell);
      assert.throws(() => reader.next(more), CorruptBytesError);
    }
  });

  it('stand close together: sixty texts of ten characters take little more than their characters', () => {
    const { bytes } = new TextChannel().write(Array.from({ length: 60 }, (_, i) => `${1e9 + i}`));
    assert.ok(bytes.length <= 60 * 10 + 8, `${bytes.length} bytes`);
  });
});
