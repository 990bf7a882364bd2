/**
 * The keys of a frame's records. Mostly a key is the value of one field: a frame that passes names the field, and where
 * the key is its value, it is not written.
 */
import { CorruptBytesError, type ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { asKey, readKey, writeKey } from '../record/codec/key-codec.js';
import { DeadLetter } from '../record/dead-letter.js';
import type { Key } from '../record/key.js';
import type { ElementUse } from './element-codec.js';
import type { Payload } from './element.js';

/** Before each key of a frame that names a field. */
const WRITTEN = 0;
const FIELD = 1;

export class FrameKeysWriter {
  private constructor(
    private readonly out: ByteWriter,
    private readonly field: string | undefined,
  ) {}

  /** Writes what concerns all keys. */
  static begin(
    use: ElementUse,
    records: readonly Payload[],
    keys: readonly (Key | undefined)[],
    out: ByteWriter,
  ): FrameKeysWriter {
    if (use === 'kept') return new FrameKeysWriter(out, undefined);
    const field = records.length === 0 ? undefined : fieldOf(records[0]!, keys[0]);
    out.uint8(field === undefined ? WRITTEN : FIELD);
    if (field !== undefined) out.string(field);
    return new FrameKeysWriter(out, field);
  }

  /** The next record's. */
  write(key: Key | undefined, record: Payload): void {
    const { out, field } = this;
    if (field !== undefined) {
      const isField = key !== undefined && !(record instanceof DeadLetter) && Object.is(record.value[field], key);
      out.uint8(isField ? FIELD : WRITTEN);
      if (isField) return;
    }
    writeKey(key, out);
  }
}

function fieldOf(record: Payload, key: Key | undefined): string | undefined {
  if (key === undefined || record instanceof DeadLetter) return undefined;
  return Object.keys(record.value).find((name) => Object.is(record.value[name], key));
}

export class FrameKeysReader {
  private constructor(
    private readonly bytes: ByteReader,
    private readonly field: string | undefined,
  ) {}

  static begin(use: ElementUse, bytes: ByteReader): FrameKeysReader {
    return new FrameKeysReader(bytes, use === 'passing' && bytes.flag() ? bytes.string() : undefined);
  }

  read(record: Payload): Key | undefined {
    const { bytes, field } = this;
    if (field === undefined || !bytes.flag()) return readKey(bytes);
    if (record instanceof DeadLetter) throw new CorruptBytesError('a dead letter has no fields');
    return asKey(record.value[field]);
  }
}
