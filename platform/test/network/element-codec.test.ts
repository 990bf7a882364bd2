import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ElementCodec } from '../../src/network/element-codec.js';
import type { StreamElement } from '../../src/network/element.js';
import { CorruptBytesError } from '../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../src/record/codec/byte-writer.js';
import { assertSame } from '../record/codec/records.js';
import { schemaAndElements } from './elements.js';

function write(codec: ElementCodec, element: StreamElement): Uint8Array {
  const out = new ByteWriter();
  codec.write(element, out);
  return out.finish();
}

describe('the codec of elements that are kept', () => {
  it('gives every element back exactly, each by its own bytes', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(schemaAndElements, ([payments, elements]) => {
        const writer = new ElementCodec({ payments });
        const pieces = elements.map((element) => write(writer, element));
        // In another order than they were written: none needs another.
        const reader = new ElementCodec({ payments });
        const back = pieces.toReversed().map((bytes) => reader.read(bytes));
        assertSame(back.reverse(), elements);
      }),
      { numRuns: 80 },
    );
  });

  it('refuses truncated bytes, and bytes with something behind them', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(schemaAndElements, ([payments, elements]) => {
        const codec = new ElementCodec({ payments });
        for (const element of elements) {
          const bytes = write(codec, element);
          for (let end = 0; end < bytes.length; end++)
            assert.throws(() => codec.read(bytes.subarray(0, end)), CorruptBytesError);
          assert.throws(() => codec.read(Buffer.concat([bytes, Buffer.of(0)])), CorruptBytesError);
        }
      }),
      { numRuns: 10 },
    );
  });
});
