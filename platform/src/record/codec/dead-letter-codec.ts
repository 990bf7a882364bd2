/** Dead letters, on the edges that lead to dead-letter egresses. They are few: nothing is shared between them. */
import { DeadLetter } from '../dead-letter.js';
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';

export function writeDeadLetter(letter: DeadLetter, out: ByteWriter): void {
  out.string(letter.where);
  out.string(letter.split);
  writePlainValue(letter.offset, out);
  out.string(letter.reason);
  writePlainValue(letter.raw, out);
}

export function readDeadLetter(bytes: ByteReader): DeadLetter {
  const where = bytes.string();
  const split = bytes.string();
  const offset = readPlainValue(bytes);
  if (typeof offset !== 'number' && typeof offset !== 'string')
    throw new CorruptBytesError('an offset is neither a number nor a text');
  return new DeadLetter(where, split, offset, bytes.string(), readPlainValue(bytes));
}
