/**
 * The records of fetched batches, of Kafka's format since 0.11 ("magic 2"), in the place of kafkajs's own decoder.
 *
 * RecordBatch => FirstOffset int64, Length int32, PartitionLeaderEpoch int32, Magic int8, CRC int32, Attributes int16,
 *   LastOffsetDelta int32, FirstTimestamp int64, MaxTimestamp int64, ProducerId int64, ProducerEpoch int16, FirstSequence int32,
 *   Records (int32 and so many)
 * Record => Length varint, Attributes int8, TimestampDelta varint, OffsetDelta varint, Key bytes, Value bytes, Headers (varint and so many)
 *
 * (Apache Kafka, "Implementation: Message Format".)
 *
 * Invariants
 * - What comes last may be cut off, as a fetch has a length: it is left out, and fetched again.
 * - Records do not keep what was fetched of other partitions.
 */
import { FetchedRecord, type BatchContext } from './fetched-record.js';
import { RecordReader } from './record-reader.js';

/** Where something stands in a batch. */
const LENGTH = 8;
const MAGIC = 16;
const ATTRIBUTES = 21;
const FIRST_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const COUNT = 57;
const RECORDS = 61;
/** Of what its length does not count. */
const PREFIX_BYTES = 12;

export const MAGIC_BYTE = 2;
const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const IN_TRANSACTION = 0x10;
const CONTROL = 0x20;

/** @returns what a compression number stands for; undefined: nothing is compressed */
export type DecompressionOf = (type: number) => { decompress(bytes: Buffer): Promise<Buffer> } | undefined;

/** Whether they are of this format: older ones have another number at the same place. */
export function areRecordBatches(bytes: Buffer): boolean {
  return bytes[MAGIC] === MAGIC_BYTE;
}

/** @param fetched of one partition; not kept */
export async function decodeRecordBatches(
  fetched: Buffer,
  decompressionOf: DecompressionOf,
): Promise<readonly FetchedRecord[]> {
  const bytes = Buffer.from(fetched);
  const records: FetchedRecord[] = [];
  for (let start = 0; start + RECORDS <= bytes.length;) {
    const end = start + PREFIX_BYTES + bytes.readInt32BE(start + LENGTH);
    if (end > bytes.length) break;
    const batch = new RecordBatch(bytes.subarray(start, end));
    const decompression = decompressionOf(batch.attributes & COMPRESSION);
    const content = bytes.subarray(start + RECORDS, end);
    batch.decode(decompression === undefined ? content : await decompression.decompress(content), records);
    start = end;
  }
  return records;
}

class RecordBatch {
  readonly attributes: number;
  readonly #firstOffset: number;
  readonly #firstTime: number;
  /** Of all its records, where the broker has stamped them. */
  readonly #time: number | undefined;
  readonly #count: number;
  readonly #context: BatchContext;

  constructor(bytes: Buffer) {
    const attributes = bytes.readInt16BE(ATTRIBUTES);
    this.attributes = attributes;
    this.#firstOffset = Number(bytes.readBigInt64BE(0));
    this.#firstTime = Number(bytes.readBigInt64BE(FIRST_TIMESTAMP));
    this.#time = (attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(bytes.readBigInt64BE(MAX_TIMESTAMP));
    this.#count = bytes.readInt32BE(COUNT);
    this.#context = {
      producerId: String(bytes.readBigInt64BE(PRODUCER_ID)),
      inTransaction: (attributes & IN_TRANSACTION) !== 0,
      isControlBatch: (attributes & CONTROL) !== 0,
    };
  }

  /** @param content behind the batch's header, decompressed */
  decode(content: Buffer, into: FetchedRecord[]): void {
    const reader = new RecordReader(content);
    for (let left = this.#count; left > 0; left--) into.push(this.#record(content, reader));
  }

  #record(content: Buffer, reader: RecordReader): FetchedRecord {
    const length = reader.varint();
    const end = reader.at + length;
    // No record has attributes yet.
    reader.skip(1);
    const timeDelta = reader.varint();
    const offsetDelta = reader.varint();
    const keyLength = reader.varint();
    const keyStart = reader.skip(Math.max(0, keyLength));
    const valueLength = reader.varint();
    const valueStart = reader.skip(Math.max(0, valueLength));
    const headersStart = reader.at;
    const hasHeaders = reader.varint() > 0;
    reader.at = end;
    return new FetchedRecord(
      this.#context,
      content,
      this.#firstOffset + offsetDelta,
      this.#time ?? this.#firstTime + timeDelta,
      keyStart,
      keyStart + keyLength,
      valueStart,
      valueStart + valueLength,
      hasHeaders ? headersStart : undefined,
    );
  }
}
