/** Record batches as brokers keep them (see `record-batches.ts`), also such as kafkajs would not write. */
import { decodeRecordBatches } from '../../src/kafka/fetched/record-batches.js';
import type { FetchedRecord } from '../../src/kafka/fetched/fetched-record.js';

export type WrittenHeader = readonly [name: string, value: Buffer | null];

export interface WrittenRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly WrittenHeader[];
  /** Behind that of the batch's first record; default 0. */
  readonly timeDelta?: number;
  /** Default: its place in the batch. */
  readonly offsetDelta?: number;
}

export interface WrittenBatch {
  readonly firstOffset: number;
  readonly records: readonly WrittenRecord[];
  readonly firstTime?: number;
  readonly maxTime?: number;
  readonly attributes?: number;
  readonly producerId?: number;
  /** Of all records together, as `attributes` says it. */
  readonly compress?: (bytes: Buffer) => Buffer;
}

/** As a reader finds them. */
export function fetchedRecords(batch: WrittenBatch): Promise<readonly FetchedRecord[]> {
  return decodeRecordBatches(recordBatch(batch), () => undefined);
}

export function recordBatch({
  firstOffset,
  records,
  firstTime = 0,
  maxTime = 0,
  attributes = 0,
  producerId = -1,
  compress = (bytes) => bytes,
}: WrittenBatch): Buffer {
  const content = compress(Buffer.concat(records.map(record)));
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(firstOffset), 0);
  header.writeInt32BE(header.length - 12 + content.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(records.length - 1, 23);
  header.writeBigInt64BE(BigInt(firstTime), 27);
  header.writeBigInt64BE(BigInt(maxTime), 35);
  header.writeBigInt64BE(BigInt(producerId), 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, content]);
}

function record({ key, value, headers = [], timeDelta = 0, offsetDelta }: WrittenRecord, index: number): Buffer {
  const content = Buffer.concat([
    Buffer.of(0),
    varint(timeDelta),
    varint(offsetDelta ?? index),
    bytes(key),
    bytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, of]) => [bytes(Buffer.from(name)), bytes(of)]),
  ]);
  return Buffer.concat([varint(content.length), content]);
}

const bytes = (of: Buffer | null): Buffer => (of === null ? varint(-1) : Buffer.concat([varint(of.length), of]));

function varint(value: number): Buffer {
  const written: number[] = [];
  let left = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  for (; left >= 0x80n; left >>= 7n) written.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...written, Number(left)]);
}
