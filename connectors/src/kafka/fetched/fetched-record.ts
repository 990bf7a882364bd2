/**
 * A record of a fetched batch: where its parts lie in the batch's bytes, which are looked at when somebody asks.
 *
 * kafkajs makes some ten objects of each message, among them numbers of 64 bits for offset and time that then are texts. Here a record
 * is one object, and its offset and time are numbers. To others it looks like a message of kafkajs (its `KafkaMessage`).
 *
 * Invariant: whoever keeps a record keeps all bytes of its batch, and nothing else.
 */
import type { IHeaders } from 'kafkajs';
import { RecordReader } from './record-reader.js';

/** What the records of a batch have in common. */
export interface BatchContext {
  /** A number of 64 bits, as kafkajs has it. */
  readonly producerId: string;
  readonly inTransaction: boolean;
  /** Its records tell of transactions: nobody wrote them. */
  readonly isControlBatch: boolean;
}

export class FetchedRecord {
  readonly attributes = 0;

  constructor(
    readonly batchContext: BatchContext,
    private readonly bytes: Buffer,
    /** Offsets are below 2 ** 53. */
    readonly offsetNumber: number,
    /** Milliseconds. */
    readonly time: number,
    private readonly keyStart: number,
    private readonly keyEnd: number,
    private readonly valueStart: number,
    private readonly valueEnd: number,
    /** Where their number stands; undefined: there are none. */
    private readonly headersStart: number | undefined,
  ) {}

  get offset(): string {
    return String(this.offsetNumber);
  }

  get timestamp(): string {
    return String(this.time);
  }

  get key(): Buffer | null {
    return this.keyEnd < this.keyStart ? null : this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  get value(): Buffer | null {
    return this.valueEnd < this.valueStart ? null : this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  /** The value as UTF-8. */
  get text(): string | null {
    return this.valueEnd < this.valueStart ? null : this.bytes.toString('utf8', this.valueStart, this.valueEnd);
  }

  get bytesOfParts(): number {
    return Math.max(0, this.keyEnd - this.keyStart) + Math.max(0, this.valueEnd - this.valueStart);
  }

  get hasHeaders(): boolean {
    return this.headersStart !== undefined;
  }

  /** One that comes several times has a list of values. */
  get headers(): IHeaders {
    const headers = new Map<string, (Buffer | null)[]>();
    const reader = new RecordReader(this.bytes, this.headersStart);
    for (let left = this.headersStart === undefined ? 0 : reader.varint(); left > 0; left--) {
      const name = reader.bytes()?.toString() ?? '';
      headers.set(name, [...(headers.get(name) ?? []), reader.bytes()]);
    }
    const one = (values: (Buffer | null)[]) => (values.length === 1 ? values[0] : values);
    return Object.fromEntries([...headers].map(([name, values]) => [name, one(values)])) as IHeaders;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }
}
