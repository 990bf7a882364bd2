import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { kafkajs } from '../../src/kafka/library.js';
import { withOrderedHeaders, type EncodeRecord, type RecordEncoder } from '../../src/kafka/ordered-headers.js';

const require = createRequire(import.meta.url);
kafkajs();
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => RecordEncoder;
/** What kafkajs makes records with: ours, which asks theirs where headers are no list. */
const encode = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as EncodeRecord;

const MESSAGE = { offsetDelta: 3, timestampDelta: 700, key: 'ann', value: Buffer.from('hello') };

/** Without the record's length, and what stands before its headers. */
function headersIn({ buffer }: RecordEncoder, names: readonly string[]): number[] {
  return names.map((name) => buffer.indexOf(name));
}

describe('headers of a record for Kafka that are a list', () => {
  it('are what kafkajs makes of an object, where that can say them', () => {
    const headers = { a: 'x', b: ['y', Buffer.from([0xff])], c: '' };
    const list = [
      ['a', 'x'],
      ['b', 'y'],
      ['b', Buffer.from([0xff])],
      ['c', ''],
    ] as const;
    assert.deepEqual(encode({ ...MESSAGE, headers: list }).buffer, encode({ ...MESSAGE, headers }).buffer);
    assert.deepEqual(encode({ ...MESSAGE, headers: [] }).buffer, encode({ ...MESSAGE, headers: {} }).buffer);
  });

  it('keep their order, also of names that come again, and null', () => {
    const headers = [
      ['name-b', 'one'],
      ['2', null],
      ['name-b', 'two'],
      ['1', 'three'],
    ] as const;
    const record = encode({ ...MESSAGE, headers });
    const at = headersIn(record, ['one', '2', 'two', '1', 'three']);
    assert.deepEqual(
      at,
      at.toSorted((a, b) => a - b),
    );
    // A varint that says -1.
    assert.equal(record.buffer[record.buffer.indexOf('2') + 1], 1);
  });

  it('are asked of kafkajs where they are no list', () => {
    const theirs = new Encoder();
    const both = withOrderedHeaders(() => theirs, Encoder);
    assert.equal(both({ ...MESSAGE, headers: { a: 'x' } }), theirs);
    assert.notEqual(both({ ...MESSAGE, headers: [] }), theirs);
  });
});
