/** Keys, as plain values; undefined for a record without a usable key. */
import type { Key } from '../key.js';
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';

export function writeKey(key: Key | undefined, out: ByteWriter): void {
  writePlainValue(key, out);
}

export function readKey(bytes: ByteReader): Key | undefined {
  return asKey(readPlainValue(bytes));
}

/** A value that was read as a key. */
export function asKey(value: unknown): Key | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      throw new CorruptBytesError('a key is neither a text nor a number nor a boolean');
  }
}
