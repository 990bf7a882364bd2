import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ElementPieces } from '../../../src/network/element-pieces.js';
import type { FrameElement, StreamElement } from '../../../src/network/element.js';
import { PassingReader } from '../../../src/network/passing/passing-reader.js';
import { PassingWriter } from '../../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../../src/network/passing/source-forms.js';
import { CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import type { SourceSchemas } from '../../../src/record/codec/stream-record-codec.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { assertSame } from '../../record/codec/records.js';
import { schemaAndElements } from '../elements.js';

/** The two ends of a channel. */
class PassingChannel {
  readonly writer: PassingWriter;
  readonly reader: PassingReader;

  constructor(schemas: SourceSchemas) {
    this.writer = new PassingWriter(new SourceForms(schemas));
    this.reader = new PassingReader(new SourceForms(schemas));
  }

  pass(element: StreamElement): StreamElement {
    return this.reader.read(this.write(element));
  }

  /** A copy, as the writer's memory is written again. */
  write(element: StreamElement): Uint8Array {
    return new Uint8Array(this.writer.write(element));
  }
}

const SPLITS = ['a', 'b'].map((id) => ({ ingress: 'payments', id }));

function frameOf(values: readonly Readonly<Record<string, unknown>>[]): FrameElement {
  const records = values.map(
    (value, i) => new StreamRecord(value, 1.7e12 + i, 'payments', SPLITS[i % 2]!, i, undefined, undefined),
  );
  return { kind: 'frame', records, keys: undefined };
}

describe('the codec of elements that pass between threads', () => {
  it('gives every element back exactly, one after the other', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(schemaAndElements, fc.integer({ min: 0, max: 7 }), ([payments, elements], shift) => {
        const channel = new PassingChannel({ payments });
        // Twice: what was seen may be referred to.
        for (const element of [...elements, ...elements]) {
          const written = channel.write(element);
          const shifted = new Uint8Array(new ArrayBuffer(written.length + shift), shift);
          shifted.set(written);
          assertSame(channel.reader.read(shifted), element);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('refuses truncated bytes, and bytes with something behind them', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(schemaAndElements, ([payments, elements]) => {
        for (const element of elements) {
          const bytes = new PassingChannel({ payments }).write(element);
          const forms = new SourceForms({ payments });
          const read = (damaged: Uint8Array) => new PassingReader(forms).read(damaged);
          for (let end = 0; end < bytes.length; end++)
            assert.throws(() => read(bytes.slice(0, end)), CorruptBytesError);
          assert.throws(() => read(new Uint8Array([...bytes, 0])), CorruptBytesError);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('answers any damaged byte with an error of its own, or with another element', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(
        schemaAndElements,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ([payments, elements], place, flip) => {
          for (const element of elements) {
            const bytes = new PassingChannel({ payments }).write(element);
            bytes[place % bytes.length]! ^= flip;
            try {
              new PassingReader(new SourceForms({ payments })).read(bytes);
            } catch (error) {
              assert.ok(error instanceof CorruptBytesError, String(error));
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const cases: readonly (readonly [what: string, values: readonly Readonly<Record<string, unknown>>[]])[] = [
    ['numbers at the bounds of their forms', [NaN, -0, 0, 2 ** 31, -(2 ** 31), 2 ** 53, Infinity].map((n) => ({ n }))],
    ['values that are not what the schema says', [{ n: null }, { n: 5n }, { n: 'five' }, { n: undefined }, { n: [1] }]],
    ['records of several shapes, in their order', [{ n: 1 }, {}, { n: 2, more: 'x' }, { more: 'x', n: 3 }, { n: 4 }]],
    ['texts of all kinds', ['', 'ß', '\ud800', 'x'.repeat(5000), '日本', '日本'].map((text) => ({ text }))],
    ['values of fields that the schema does not name', [true, null, [1, [2]], { a: { b: 1 } }].map((any) => ({ any }))],
    ['more records than a frame has mostly', Array.from({ length: 3000 }, (_, n) => ({ n, text: `${n % 7}` }))],
  ];
  for (const [what, values] of cases) {
    it(`gives back ${what}`, () => {
      const schema = { n: { type: { kind: 'int' } }, text: { type: { kind: 'string' } } } as const;
      const channel = new PassingChannel({ payments: { kind: 'record', fields: schema, open: true } });
      const frame = frameOf(values);
      assertSame(channel.pass(frame), frame);
      assertSame(channel.pass(frame), frame);
    });
  }

  it('refers to nothing that was said in a frame which was divided instead of being sent', () => {
    const channel = new PassingChannel({});
    const pieces = new ElementPieces(channel.writer, 2 ** 24);
    const values = Array.from({ length: 40 }, (_, i) => ({ name: `name ${i % 5}`, large: 'x'.repeat(60_000 + i) }));
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      const frame = frameOf(values);
      const back: unknown[] = [];
      pieces.write(frame, (piece) => {
        const element = channel.reader.read(new Uint8Array(piece)) as FrameElement;
        sizes.push(element.records.length);
        back.push(...element.records);
      });
      assertSame(back, frame.records);
    }
    assert.ok(sizes.length > 3, `${sizes.length} pieces`);
  });
});
