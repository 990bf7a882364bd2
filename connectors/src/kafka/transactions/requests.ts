/** The two requests by which a broker tells of transactions (KIP-664), which kafkajs does not have. Version 0 of both. */
import { CompactReader, CompactWriter } from './compact.js';

/** As kafkajs's connections take one. */
export interface ProtocolRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    decode(bytes: Buffer): Promise<T>;
    parse(decoded: T): Promise<T>;
  };
}

export interface ListedTransaction {
  readonly id: string;
  readonly state: string;
}

export interface ListedTransactions {
  readonly errorCode: number;
  readonly transactions: readonly ListedTransaction[];
}

export interface DescribedTransaction {
  readonly errorCode: number;
  readonly id: string;
  readonly state: string;
  readonly timeoutMs: number;
  /** Epoch milliseconds; -1: none is open. */
  readonly startedAt: number;
}

const DESCRIBE = 65;
const LIST = 66;

/** Those of which the broker is the coordinator. */
export function listTransactions(): ProtocolRequest<ListedTransactions> {
  return protocol(LIST, 'ListTransactions', new CompactWriter().noTags().texts([]).texts([]).noTags(), (reader) => {
    const errorCode = reader.int16();
    // Filters that the broker does not know.
    reader.list(() => reader.text());
    const transactions = reader.list(() => {
      const id = reader.text();
      reader.int64();
      const state = reader.text();
      reader.tags();
      return { id, state };
    });
    return { errorCode, transactions };
  });
}

/** Asked of their coordinator. */
export function describeTransactions(ids: readonly string[]): ProtocolRequest<readonly DescribedTransaction[]> {
  return protocol(DESCRIBE, 'DescribeTransactions', new CompactWriter().noTags().texts(ids).noTags(), (reader) =>
    reader.list(() => described(reader)),
  );
}

function described(reader: CompactReader): DescribedTransaction {
  const [errorCode, id, state, timeoutMs] = [reader.int16(), reader.text(), reader.text(), reader.int32()];
  const startedAt = Number(reader.int64());
  // The producer's id and epoch, and the partitions.
  reader.int64();
  reader.int16();
  reader.list(() => {
    reader.text();
    reader.list(() => reader.int32());
    reader.tags();
  });
  reader.tags();
  return { errorCode, id, state, timeoutMs, startedAt };
}

/** @param payload begins with the tags of the request's header */
function protocol<T>(
  apiKey: number,
  apiName: string,
  payload: CompactWriter,
  read: (reader: CompactReader) => T,
): ProtocolRequest<T> {
  const { bytes } = payload;
  return {
    request: { apiKey, apiVersion: 0, apiName, encode: async () => ({ buf: bytes, buffer: bytes }) },
    response: {
      decode: async (raw) => {
        const reader = new CompactReader(raw);
        // Of the answer's header.
        reader.tags();
        // How long to be throttled.
        reader.int32();
        return read(reader);
      },
      parse: async (decoded) => decoded,
    },
  };
}
