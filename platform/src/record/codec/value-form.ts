/**
 * How values of a type are written: the test of whether a value is what its type says, and the JavaScript that writes and
 * reads it then. What does not pass the test (null, an integer beyond 2^52, -0 for an int, a value of another type) is
 * written as a plain value, so that every value comes back exactly.
 *
 * Invariants
 * - The code in a form names only its own variables: `x` the value, `out`, `bytes`, `dictionary`, and `nested`, its closure.
 */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';
import type { ValueSchema } from './value-schema.js';

/** Writes and reads values that have parts. */
export interface NestedForm<T = never> {
  fits(value: unknown): boolean;
  /** @param value what `fits` */
  write(value: T, out: ByteWriter, dictionary: WriteDictionary): void;
  read(bytes: ByteReader, dictionary: ReadDictionary): unknown;
}

export interface ValueForm {
  /** An expression on `x`. Absent: there is no test, as the code takes any value. */
  readonly fits?: string;
  /** A statement. */
  readonly write: string;
  /** An expression. */
  readonly read: string;
  readonly nested?: NestedForm;
}

/** Bit operations throw on a bigint, so the type is asked first. */
const INTEGER_FITS =
  "typeof x === 'number' && (((x | 0) === x && (x !== 0 || 1 / x > 0)) || " +
  '(Number.isInteger(x) && x !== 0 && x > -4503599627370496 && x < 4503599627370496))';
const INTEGER: ValueForm = { fits: INTEGER_FITS, write: 'out.signed(x);', read: 'bytes.signed()' };
const TIMESTAMP: ValueForm = {
  fits: 'Number.isInteger(x) && x >= -140737488355328 && x < 140737488355328 && (x !== 0 || 1 / x > 0)',
  write: 'out.int48(x);',
  read: 'bytes.int48()',
};
const BOOL: ValueForm = { fits: "typeof x === 'boolean'", write: 'out.uint8(x ? 1 : 0);', read: 'bytes.flag()' };
const DOUBLE: ValueForm = { fits: "typeof x === 'number'", write: 'out.double(x);', read: 'bytes.double()' };
const STRING: ValueForm = { fits: "typeof x === 'string'", write: 'out.string(x);', read: 'bytes.string()' };
const BYTES: ValueForm = {
  fits: 'x instanceof Uint8Array',
  write: 'out.bytes(x);',
  read: 'new Uint8Array(bytes.bytes())',
};
export const PLAIN: ValueForm = { write: 'plain.write(x, out);', read: 'plain.read(bytes)' };

/** What PLAIN's code calls. */
export const PLAIN_CALLS = { write: writePlainValue, read: readPlainValue };

/** @param schema not of records or lists of records, which have a NestedForm */
export function scalarForm(schema: ValueSchema): ValueForm {
  switch (schema.kind) {
    case 'bool':
      return BOOL;
    case 'int':
    case 'uint':
    case 'duration':
      return INTEGER;
    case 'timestamp':
      return TIMESTAMP;
    case 'double':
      return DOUBLE;
    case 'string':
      return STRING;
    case 'bytes':
      return BYTES;
    default:
      return PLAIN;
  }
}

export function nestedForm(nested: NestedForm): ValueForm {
  return {
    fits: 'nested.fits(x)',
    write: 'nested.write(x, out, dictionary);',
    read: 'nested.read(bytes, dictionary)',
    nested,
  };
}
