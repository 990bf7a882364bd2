/**
 * Writes and reads stream records, alerts with their matched events included: each value by the schema of its source.
 *
 * Invariants
 * - What comes back is equal in every respect, also where a value is not what its schema says.
 * - Bytes are self-contained together with the schemas: origins and field names are spelled out in the piece of bytes
 *   (the dictionary's) that uses them.
 */
import { StreamRecord } from '../stream-record.js';
import { readAlert, writeAlert } from './alert-codec.js';
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import { putSmall, type ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { readHeaders, writeHeaders } from './headers-codec.js';
import { OriginCodec } from './origin-codec.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';
import { RecordForm } from './record-form.js';
import { UNTYPED_SCHEMA, type RecordSchema } from './value-schema.js';

/** Schemas by the records' source: an ingress's or a rule's name. A source without one is untyped. */
export type SourceSchemas = Readonly<Record<string, RecordSchema>>;

/** What is not as in most records. */
const FLAG = { plainTimestamp: 1, plainOffset: 2, headers: 4, alert: 8 } as const;
const FLAGS_END = 16;
/** Flags, origin and two differences. */
const NEAR_BYTES = 12;
/** Differences of what is below stay within what `ByteWriter.signed` takes. */
const DIFFERENCE_END = 2 ** 51;

export class StreamRecordCodec {
  readonly #origins = new OriginCodec();
  readonly #forms = new Map<string, RecordForm>();
  readonly #untyped: RecordForm;
  /** Of the record before: mostly the next one's too. */
  #lastSource: string | undefined;
  #lastForm: RecordForm;

  constructor(schemas: SourceSchemas) {
    for (const [source, schema] of Object.entries(schemas)) this.#forms.set(source, new RecordForm(schema));
    this.#lastForm = this.#untyped = new RecordForm(UNTYPED_SCHEMA);
  }

  write(record: StreamRecord, out: ByteWriter, dictionary: WriteDictionary): void {
    const { timestamp, offset, headers, alert } = record;
    const flags =
      (isDifference(timestamp) ? 0 : FLAG.plainTimestamp) |
      (isDifference(offset) ? 0 : FLAG.plainOffset) |
      (headers === undefined ? 0 : FLAG.headers) |
      (alert === undefined ? 0 : FLAG.alert);
    if (!this.#writeNear(flags, record, out, dictionary)) this.#writePlace(flags, record, out, dictionary);
    if (headers !== undefined) writeHeaders(headers, out);
    this.#formOf(record.source).write(record.value, out, dictionary);
    if (alert !== undefined) writeAlert(alert, this, out, dictionary);
  }

  /** What most records are: near the one before, and of a known origin. @returns false, with nothing written, if it is not so */
  #writeNear(flags: number, record: StreamRecord, out: ByteWriter, dictionary: WriteDictionary): boolean {
    if ((flags & (FLAG.plainTimestamp | FLAG.plainOffset)) !== 0) return false;
    const { timestamp } = record;
    const offset = record.offset as number;
    const origin = dictionary.lastOrigin(record.source, record.split);
    const later = timestamp - dictionary.timestamp;
    const further = offset - dictionary.offset;
    if (origin < 0 || origin > 126 || (later << 1) >> 1 !== later || (further << 1) >> 1 !== further) return false;
    const bytes = out.open(NEAR_BYTES);
    const target = out.target;
    target[bytes] = flags;
    target[bytes + 1] = origin + 1;
    const at = putSmall((later << 1) ^ (later >> 31), target, bytes + 2);
    out.close(putSmall((further << 1) ^ (further >> 31), target, at));
    dictionary.timestamp = timestamp;
    dictionary.offset = offset;
    return true;
  }

  #writePlace(
    flags: number,
    { source, split, timestamp, offset }: StreamRecord,
    out: ByteWriter,
    dictionary: WriteDictionary,
  ): void {
    out.uint8(flags);
    this.#origins.write(source, split, out, dictionary);
    if ((flags & FLAG.plainTimestamp) === 0) {
      out.signed(timestamp - dictionary.timestamp);
      dictionary.timestamp = timestamp;
    } else writePlainValue(timestamp, out);
    if ((flags & FLAG.plainOffset) === 0) {
      out.signed((offset as number) - dictionary.offset);
      dictionary.offset = offset as number;
    } else writePlainValue(offset, out);
  }

  read(bytes: ByteReader, dictionary: ReadDictionary): StreamRecord {
    const flags = bytes.uint8();
    if (flags >= FLAGS_END) throw new CorruptBytesError(`a record begins with ${flags}`);
    const { source, split } = this.#origins.read(bytes, dictionary);
    const timestamp =
      (flags & FLAG.plainTimestamp) === 0 ? (dictionary.timestamp += bytes.signed()) : readTimestamp(bytes);
    const offset = (flags & FLAG.plainOffset) === 0 ? (dictionary.offset += bytes.signed()) : readOffset(bytes);
    const headers = (flags & FLAG.headers) === 0 ? undefined : readHeaders(bytes);
    const value = this.#formOf(source).read(bytes, dictionary);
    const alert = (flags & FLAG.alert) === 0 ? undefined : readAlert(this, bytes, dictionary);
    return new StreamRecord(value, timestamp, source, split, offset, headers, alert);
  }

  #formOf(source: string): RecordForm {
    if (source !== this.#lastSource) {
      this.#lastForm = this.#forms.get(source) ?? this.#untyped;
      this.#lastSource = source;
    }
    return this.#lastForm;
  }
}

function isDifference(value: number | string): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  return value < DIFFERENCE_END && value > -DIFFERENCE_END && (value !== 0 || 1 / value > 0);
}

function readTimestamp(bytes: ByteReader): number {
  const value = readPlainValue(bytes);
  if (typeof value !== 'number') throw new CorruptBytesError('a timestamp is no number');
  return value;
}

function readOffset(bytes: ByteReader): number | string {
  const value = readPlainValue(bytes);
  if (typeof value !== 'number' && typeof value !== 'string')
    throw new CorruptBytesError('an offset is neither a number nor a text');
  return value;
}
