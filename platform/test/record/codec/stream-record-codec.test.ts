import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteReader, CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import { ReadDictionary, WriteDictionary } from '../../../src/record/codec/dictionary.js';
import { StreamRecordCodec } from '../../../src/record/codec/stream-record-codec.js';
import type { RecordSchema } from '../../../src/record/codec/value-schema.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { assertSame, recordOf, recordSchema } from './records.js';

const codecOf = (payments: RecordSchema): StreamRecordCodec => new StreamRecordCodec({ payments });

function write(codec: StreamRecordCodec, records: readonly StreamRecord[]): Uint8Array {
  const out = new ByteWriter();
  const dictionary = new WriteDictionary();
  for (const record of records) codec.write(record, out, dictionary);
  return out.finish();
}

function read(codec: StreamRecordCodec, bytes: Uint8Array, count: number): StreamRecord[] {
  const reader = new ByteReader(bytes);
  const dictionary = new ReadDictionary();
  const records = Array.from({ length: count }, () => codec.read(reader, dictionary));
  assert.equal(reader.remaining, 0);
  return records;
}

const stream = recordSchema.chain((schema) =>
  fc.record({ schema: fc.constant(schema), records: fc.array(recordOf(schema), { maxLength: 6 }) }),
);

const PAYMENT: RecordSchema = {
  kind: 'record',
  fields: {
    card: { type: { kind: 'int' } },
    amount: { type: { kind: 'double' } },
    country: { type: { kind: 'string' } },
    time: { type: { kind: 'timestamp' } },
  },
  open: false,
};
const SPLIT = { ingress: 'payments', id: 'a' };
const payment = (i: number, value: Record<string, unknown>): StreamRecord =>
  new StreamRecord(value, 1_700_000_000_000 + i, 'payments', SPLIT, i, undefined, undefined);

describe('the codec of stream records', () => {
  it('gives every record back exactly, whether it fits its schema or not', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(stream, ({ schema, records }) => {
        const bytes = write(codecOf(schema), records);
        assertSame(read(codecOf(schema), bytes, records.length), records);
      }),
      { numRuns: 120 },
    );
  });

  it('reads in one process what many writers learnt in any order', () => {
    fc.assert(
      fc.property(stream, ({ schema, records }) => {
        const reader = codecOf(schema);
        for (const record of [...records, ...records.toReversed()])
          assertSame(read(reader, write(codecOf(schema), [record]), 1), [record]);
      }),
      { numRuns: 15 },
    );
  });

  it('reads no truncated record, at whatever byte it ends', () => {
    fc.assert(
      fc.property(stream, ({ schema, records }) => {
        const codec = codecOf(schema);
        for (const record of records) {
          const bytes = write(codec, [record]);
          for (let end = 0; end < bytes.length; end++)
            assert.throws(() => read(codec, bytes.subarray(0, end), 1), CorruptBytesError);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('says of random bytes that they are damaged, or reads a record', () => {
    const codec = codecOf(PAYMENT);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          codec.read(new ByteReader(bytes), new ReadDictionary());
        } catch (error) {
          assert.ok(error instanceof CorruptBytesError, String(error));
        }
      }),
    );
  });

  it('spells names, splits and sources out once in a piece of bytes', () => {
    const value = { time: 1_700_000_000_000, country: 'DE', card: 7, amount: 1.5, extra: true };
    const codec = codecOf(PAYMENT);
    const one = write(codec, [payment(1, value)]).length;
    const two = write(codec, [payment(1, value), payment(2, value)]).length;
    assert.ok(two - one < 32, `${two - one} bytes`);
  });

  it('shares one split object between all records of a split, over pieces of bytes', () => {
    const codec = codecOf(PAYMENT);
    const [a] = read(codec, write(codec, [payment(1, {})]), 1);
    const [b] = read(codec, write(codec, [payment(2, {})]), 1);
    assert.equal(a!.split, b!.split);
  });

  it('writes records whose names never repeat as well, without learning all of them', () => {
    const codec = codecOf(PAYMENT);
    const records = Array.from({ length: 2000 }, (_, i) => payment(i, { [`name-${i}`]: i }));
    assertSame(read(codecOf(PAYMENT), write(codec, records), records.length), records);
  });

  it('takes names for data: none of them becomes code or a prototype', () => {
    const hostile = '"); throw new Error("ran"); ("';
    const schema: RecordSchema = {
      kind: 'record',
      fields: { [hostile]: { type: { kind: 'int' } }, ['__proto__']: { type: { kind: 'int' } } },
      open: false,
    };
    const value = JSON.parse(`{ ${JSON.stringify(hostile)}: 1, "__proto__": 2 }`) as Record<string, unknown>;
    const [back] = read(codecOf(schema), write(codecOf(schema), [payment(1, value)]), 1);
    assert.deepEqual(Object.entries(back!.value), [
      [hostile, 1],
      ['__proto__', 2],
    ]);
  });
});
