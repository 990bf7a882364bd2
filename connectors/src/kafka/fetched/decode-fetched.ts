/** The messages in the answer to a fetch, of one partition, in the place of kafkajs's `decodeMessages`. */
import type { KafkaMessage } from 'kafkajs';
import { FetchedRecord } from './fetched-record.js';
import { areRecordBatches, decodeRecordBatches, type DecompressionOf } from './record-batches.js';

/** kafkajs's `Decoder`: an answer, and how far it was read. */
export interface LibraryReader {
  readonly buffer: Buffer;
  offset: number;
}

export type LibraryDecoder = (reader: LibraryReader) => Promise<readonly KafkaMessage[]>;

const INT32_BYTES = 4;

/** @param theirs reads messages of the formats before that of Kafka 0.11 as well */
export function decodeFetched(theirs: LibraryDecoder, decompressionOf: DecompressionOf): LibraryDecoder {
  return async (reader) => {
    const start = reader.offset + INT32_BYTES;
    const end = start + reader.buffer.readInt32BE(reader.offset);
    const bytes = reader.buffer.subarray(start, end);
    if (!areRecordBatches(bytes)) return (await theirs(reader)).map(ofOldFormat);
    reader.offset = end;
    return decodeRecordBatches(bytes, decompressionOf);
  };
}

const NO_TRANSACTION = { producerId: '-1', inTransaction: false, isControlBatch: false };

function ofOldFormat({ offset, timestamp, key, value }: KafkaMessage): FetchedRecord {
  const keyBytes = key?.length ?? 0;
  return new FetchedRecord(
    NO_TRANSACTION,
    Buffer.concat([key ?? Buffer.of(), value ?? Buffer.of()]),
    Number(offset),
    Number(timestamp),
    0,
    key === null ? -1 : keyBytes,
    keyBytes,
    value === null ? -1 : keyBytes + value.length,
    undefined,
  );
}
