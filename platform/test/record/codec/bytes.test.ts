import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';

type Written =
  | readonly ['uint8' | 'uint16' | 'uint32' | 'varint' | 'signed' | 'double', number]
  | readonly ['int64', bigint]
  | readonly ['string', string]
  | readonly ['bytes', Uint8Array];

const written: fc.Arbitrary<Written> = fc.oneof(
  fc.tuple(fc.constant('uint8' as const), fc.integer({ min: 0, max: 255 })),
  fc.tuple(fc.constant('uint16' as const), fc.integer({ min: 0, max: 65_535 })),
  fc.tuple(fc.constant('uint32' as const), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  fc.tuple(fc.constant('varint' as const), fc.maxSafeNat()),
  fc.tuple(fc.constant('signed' as const), fc.integer({ min: -(2 ** 31), max: 2 ** 31 })),
  fc.tuple(fc.constant('double' as const), fc.double()),
  fc.tuple(fc.constant('int64' as const), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.tuple(fc.constant('string' as const), fc.string({ unit: 'binary' })),
  fc.tuple(fc.constant('string' as const), fc.constantFrom('\ud800', 'a\udc00b', '', 'ü€😀')),
  fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ maxLength: 600 })),
);

function write(values: readonly Written[]): Uint8Array {
  const writer = new ByteWriter();
  for (const [kind, value] of values) (writer[kind] as (value: unknown) => void).call(writer, value);
  return writer.finish();
}

function read(bytes: Uint8Array, values: readonly Written[]): unknown[] {
  const reader = new ByteReader(bytes);
  return values.map(([kind]) => reader[kind]());
}

const plain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value);

describe('the byte writer and reader', () => {
  it('read back what was written', () => {
    fc.assert(
      fc.property(fc.array(written), (values) => {
        const back = read(write(values), values);
        assert.deepEqual(
          back.map(plain),
          values.map(([, value]) => plain(value)),
        );
      }),
    );
  });

  it('refuse every truncation', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 4 }), (values) => {
        const bytes = write(values);
        for (let length = 0; length < bytes.length; length++) {
          assert.throws(() => read(bytes.subarray(0, length), values), CorruptBytesError);
        }
      }),
    );
  });

  it('refuse a length beyond the end and an integer beyond 2^53', () => {
    assert.throws(() => new ByteReader(Uint8Array.of(255, 255, 255, 127)).bytes(), CorruptBytesError);
    assert.throws(() => new ByteReader(new Uint8Array(12).fill(255)).varint(), CorruptBytesError);
  });

  it('write again from the start after a reset', () => {
    const writer = new ByteWriter();
    writer.string('x'.repeat(1000));
    writer.reset();
    writer.uint8(7);
    assert.deepEqual([...writer.finish()], [7]);
  });
});
