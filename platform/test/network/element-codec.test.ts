import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Alignment, CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { ElementCodec, type ElementUse } from '../../src/network/element-codec.js';
import type { StreamElement } from '../../src/network/element.js';
import { CorruptBytesError } from '../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../src/record/codec/byte-writer.js';
import { DeadLetter } from '../../src/record/dead-letter.js';
import { assertSame, key, plainRecord, plainValue, recordOf, recordSchema } from '../record/codec/records.js';

const mandatory: fc.Arbitrary<CheckpointBarrier> = plainRecord({
  checkpoint: fc.maxSafeNat(),
  timestamp: fc.double({ noNaN: true }),
  type: fc.constantFrom('checkpoint' as const, 'savepoint' as const),
  alignment: fc.constantFrom<Alignment>(
    { mode: 'none' },
    { mode: 'aligned' },
    { mode: 'aligned', timeoutMs: 0 },
    { mode: 'aligned', timeoutMs: 1.5 },
    { mode: 'unaligned' },
  ),
  then: fc.constantFrom('continue' as const, 'end' as const, 'drain' as const),
});
const barrier = fc.oneof(
  mandatory,
  fc
    .tuple(mandatory, fc.integer({ min: 1 }))
    .map(([{ checkpoint, ...rest }, base]): CheckpointBarrier => ({ checkpoint, base, ...rest })),
);

const letter = fc
  .tuple(fc.string(), fc.string(), fc.oneof(fc.nat(), fc.string()), fc.string(), plainValue)
  .map(([where, split, offset, reason, raw]) => new DeadLetter(where, split, offset, reason, raw));

const example = recordSchema.chain((schema) => {
  const payload = fc.oneof({ weight: 5, arbitrary: recordOf(schema) }, letter);
  const frame = fc.array(fc.tuple(payload, key), { maxLength: 5 }).chain((rows) =>
    fc.boolean().map((keyed) => ({
      kind: 'frame' as const,
      records: rows.map(([record]) => record),
      keys: keyed ? rows.map(([, k]) => k) : undefined,
    })),
  );
  const element: fc.Arbitrary<StreamElement> = fc.oneof(
    { weight: 4, arbitrary: frame },
    plainRecord({ kind: fc.constant('watermark' as const), watermark: fc.double({ noNaN: true }) }),
    plainRecord({ kind: fc.constant('barrier' as const), barrier }),
    fc.constantFrom<StreamElement>({ kind: 'idle' }, { kind: 'active' }, { kind: 'end' }),
  );
  return fc.tuple(fc.constant(schema), fc.array(element, { maxLength: 4 }));
});

function write(codec: ElementCodec, element: StreamElement): Uint8Array {
  const out = new ByteWriter();
  codec.write(element, out);
  return out.finish();
}

const USES: readonly ElementUse[] = ['kept', 'passing'];

for (const use of USES) {
  describe(`the codec of elements that are ${use}`, () => {
    it('gives every element back exactly, each by its own bytes', function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(example, ([payments, elements]) => {
          const writer = new ElementCodec({ payments }, use);
          const pieces = elements.map((element) => write(writer, element));
          // In another order than they were written: none needs another.
          const reader = new ElementCodec({ payments }, use);
          const back = pieces.toReversed().map((bytes) => reader.read(bytes));
          assertSame(back.reverse(), elements);
        }),
        { numRuns: 80 },
      );
    });

    it('refuses truncated bytes, and bytes with something behind them', function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(example, ([payments, elements]) => {
          const codec = new ElementCodec({ payments }, use);
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
}
