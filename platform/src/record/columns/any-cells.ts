/**
 * A column of values of any type: for each a tag, and a number that is the value itself or a text's cell. What is neither
 * number, text, boolean nor nothing stands among the rows as a plain value.
 */
import { CorruptBytesError, type ByteReader } from '../codec/byte-reader.js';
import type { ByteWriter } from '../codec/byte-writer.js';
import { readPlainValue } from '../codec/plain-value-reader.js';
import { writePlainValue } from '../codec/plain-value-writer.js';
import type { Cells } from './cells.js';
import type { Repetition } from './repetition.js';
import type { TextReader } from './text-reader.js';
import type { TextWriter } from './text-writer.js';

const TAG = { number: 0, text: 1, true: 2, false: 3, undefined: 4, null: 5, plain: 6 } as const;

/**
 * @param number index of the value's number
 * @param tag index of its tag
 */
export function putAny(
  value: unknown,
  cells: Cells,
  number: number,
  tag: number,
  texts: TextWriter,
  repetition: Repetition,
  rows: ByteWriter,
): void {
  if (typeof value === 'number') {
    cells.numbers[number] = value;
    cells.bytes[tag] = TAG.number;
  } else if (typeof value === 'string') {
    cells.numbers[number] = texts.add(value, repetition);
    cells.bytes[tag] = TAG.text;
  } else cells.bytes[tag] = otherTag(value, rows);
}

function otherTag(value: unknown, rows: ByteWriter): number {
  switch (value) {
    case true:
      return TAG.true;
    case false:
      return TAG.false;
    case undefined:
      return TAG.undefined;
    case null:
      return TAG.null;
    default:
      writePlainValue(value, rows);
      return TAG.plain;
  }
}

export function takeAny(cells: Cells, number: number, tag: number, texts: TextReader, rows: ByteReader): unknown {
  switch (cells.bytes[tag]) {
    case TAG.number:
      return integerOf(cells.numbers[number]!);
    case TAG.text:
      return texts.next(cells.numbers[number]! >>> 0);
    case TAG.true:
      return true;
    case TAG.false:
      return false;
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.plain:
      return readPlainValue(rows);
    default:
      throw new CorruptBytesError(`no value has the tag ${cells.bytes[tag]}`);
  }
}

/** The same number; a small integer as V8 has them in place of a double, which takes memory of its own. */
export function integerOf(number: number): number {
  const integer = number | 0;
  return integer === number && (integer !== 0 || 1 / number > 0) ? integer : number;
}
