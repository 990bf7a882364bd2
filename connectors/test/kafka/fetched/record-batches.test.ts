/** Held against kafkajs's own decoder, which reads the same more slowly. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { gzipSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import type { LibraryDecoder } from '../../../src/kafka/fetched/decode-fetched.js';
import { FetchedBatch } from '../../../src/kafka/fetched/fetched-batch.js';
import type { FetchedRecord } from '../../../src/kafka/fetched/fetched-record.js';
import { decodeRecordBatches } from '../../../src/kafka/fetched/record-batches.js';
import { recordBatch, type WrittenBatch, type WrittenRecord } from '../../support/record-batch.js';

const GZIP = 1;
const LOG_APPEND_TIME = 8;

const gzip = { decompress: async (bytes: Buffer) => gunzipSync(bytes) };
const ours = (bytes: Buffer): Promise<readonly FetchedRecord[]> =>
  decodeRecordBatches(bytes, (type) => (type === GZIP ? gzip : undefined));

/** A copy of kafkajs in which nothing was replaced. */
function theirDecoder(): (bytes: Buffer) => Promise<readonly KafkaMessage[]> {
  const require = createRequire(import.meta.url);
  const loaded = { ...require.cache };
  for (const path of Object.keys(loaded)) if (path.includes('kafkajs')) delete require.cache[path];
  const decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as LibraryDecoder;
  const Reader = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Parameters<LibraryDecoder>[0];
  // It loads some of its files when they are needed.
  require('kafkajs/src/protocol/message/compression/gzip.js');
  Object.assign(require.cache, loaded);
  return (bytes) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    return decode(new Reader(Buffer.concat([length, bytes])));
  };
}

const partsOf = ({ offset, timestamp, key, value, headers }: KafkaMessage): unknown => ({
  offset,
  timestamp,
  key: key?.toString('hex') ?? null,
  value: value?.toString('hex') ?? null,
  headers: { ...headers },
});

const part = fc.option(fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)));
const record: fc.Arbitrary<WrittenRecord> = fc.record({
  key: part,
  value: part,
  headers: fc.array(fc.tuple(fc.string({ maxLength: 3 }), part), { maxLength: 3 }),
  timeDelta: fc.integer({ min: -5, max: 2 ** 40 }),
});
const batch: fc.Arbitrary<WrittenBatch> = fc
  .record({
    firstOffset: fc.integer({ min: 0, max: 2 ** 50 }),
    firstTime: fc.integer({ min: 0, max: 2 ** 42 }),
    maxTime: fc.integer({ min: 1, max: 2 ** 42 }),
    stamp: fc.constantFrom(0, LOG_APPEND_TIME),
    compression: fc.constantFrom(0, GZIP),
    records: fc.array(record, { minLength: 1, maxLength: 5 }),
  })
  .map(({ stamp, compression, ...rest }) => ({
    ...rest,
    attributes: stamp | compression,
    ...(compression === GZIP ? { compress: (bytes: Buffer) => gzipSync(bytes) } : {}),
  }));

describe('fetched record batches', () => {
  const theirs = theirDecoder();

  it('have the records that kafkajs finds in them', () =>
    fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), async (batches) => {
        const bytes = Buffer.concat(batches.map(recordBatch));
        const [found, expected] = await Promise.all([ours(bytes), theirs(bytes)]);
        assert.deepEqual(found.map(partsOf), expected.map(partsOf));
        for (const { text, value } of found) assert.equal(text, value?.toString() ?? null);
      }),
      { numRuns: 200 },
    ));

  it('may be cut off anywhere in the last one', async () => {
    const whole = recordBatch({ firstOffset: 3, records: [{ key: null, value: Buffer.from('a') }] });
    for (let length = whole.length; length < 2 * whole.length; length++) {
      const found = await ours(Buffer.concat([whole, whole]).subarray(0, length));
      assert.deepEqual(
        found.map(({ offset }) => offset),
        ['3'],
      );
    }
  });

  it('whose records do not fit into them are an error, and no record of others’ bytes', async () => {
    const written = recordBatch({ firstOffset: 3, records: [{ key: null, value: Buffer.from('a') }] });
    written.writeInt32BE(2, 57);
    await assert.rejects(ours(written), RangeError);
  });
});

describe('a batch of a partition', () => {
  const value = Buffer.from('x');
  const CONTROL = 0x20;

  const fetched = async (offset: number, ...batches: readonly WrittenBatch[]): Promise<FetchedBatch> => {
    const messages = await ours(Buffer.concat(batches.map(recordBatch)));
    return new FetchedBatch('t', String(offset), { partition: 0, highWatermark: '20', messages });
  };
  const records = (...offsetDeltas: readonly number[]): WrittenRecord[] =>
    offsetDeltas.map((offsetDelta) => ({ key: null, value, offsetDelta }));

  it('begins at the offset that was asked for', async () => {
    const found = await fetched(12, { firstOffset: 10, records: records(0, 1, 3, 4) });
    assert.deepEqual(
      found.messages.map(({ offset }) => offset),
      ['13', '14'],
    );
    assert.deepEqual([found.firstOffset(), found.lastOffset(), found.offsetLag()], ['13', '14', '5']);
  });

  it('is gone on behind where it holds control records alone', async () => {
    const marker = { key: Buffer.from([0, 0, 0, 1]), value };
    const found = await fetched(10, { firstOffset: 10, attributes: CONTROL, records: [marker] });
    assert.equal(found.isEmptyDueToFiltering(), true);
    assert.equal(found.isEmptyControlRecord(), true);
    assert.equal(found.lastOffset(), '10');
  });

  it('is gone on behind where compaction has taken all that was asked for', async () => {
    const found = await fetched(12, { firstOffset: 10, records: records(0, 1) });
    assert.deepEqual([found.isEmptyDueToLogCompactedMessages(), found.lastOffset()], [true, '12']);
  });

  it('without a record says that the partition has ended', async () => {
    const found = await fetched(20);
    assert.deepEqual([found.isEmptyDueToFiltering(), found.isEmpty(), found.lastOffset()], [false, true, '19']);
  });
});
