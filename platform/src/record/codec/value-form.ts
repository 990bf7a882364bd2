/**
 * How values of a type are written: the test of whether a value is what its type says, and the JavaScript that writes and
 * reads it then. What does not pass the test (null, an integer beyond 2^52, -0 for an int, a value of another type) is
 * written as a plain value, so that every value comes back exactly.
 *
 * Invariants
 * - The code in a form names only its own variables: `x` the value, `out`, `bytes`, `dictionary`, `calls`, and `nested`, its closure;
 *   in a QuickWrite also those that are named there.
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
  /** A statement that calls `out`. */
  readonly write: string;
  /** An expression. */
  readonly read: string;
  /** Writes without a call what is mostly so. */
  readonly quick?: QuickWrite;
  readonly nested?: NestedForm;
}

/** Code on `x`, the bytes `b`, their view `v`, the place `at`, which it moves, a spare `end`, and `dictionary`. */
export interface QuickWrite {
  /** An expression: whether `put` will do. Absent: always. */
  readonly when?: string;
  readonly put: string;
  /** At most. */
  readonly bytes: number;
}

/** Bit operations throw on a bigint, so the type is asked first. */
const INTEGER_FITS =
  "typeof x === 'number' && (((x | 0) === x && (x !== 0 || 1 / x > 0)) || " +
  '(Number.isInteger(x) && x !== 0 && x > -4503599627370496 && x < 4503599627370496))';
const INTEGER: ValueForm = {
  fits: INTEGER_FITS,
  write: 'out.signed(x);',
  read: 'bytes.signed()',
  quick: {
    when: '(x << 1) >> 1 === x',
    put: 'let z = (x << 1) ^ (x >> 31); for (; z > 127; z >>>= 7) b[at++] = z | 128; b[at++] = z;',
    bytes: 5,
  },
};
const TIMESTAMP: ValueForm = {
  fits: 'Number.isInteger(x) && x >= -140737488355328 && x < 140737488355328 && (x !== 0 || 1 / x > 0)',
  write: 'out.int48(x);',
  read: 'bytes.int48()',
  quick: {
    put: 'const low = x >>> 0; v.setInt16(at, (x - low) / 4294967296); v.setUint32(at + 2, low); at += 6;',
    bytes: 6,
  },
};
const BOOL: ValueForm = {
  fits: "typeof x === 'boolean'",
  write: 'out.uint8(x ? 1 : 0);',
  read: 'bytes.flag()',
  quick: { put: 'b[at++] = x ? 1 : 0;', bytes: 1 },
};
const DOUBLE: ValueForm = {
  fits: "typeof x === 'number'",
  write: 'out.double(x);',
  read: 'bytes.double()',
  quick: { put: 'v.setFloat64(at, x); at += 8;', bytes: 8 },
};
const SHORT_TEXT = 16;
const STRING: ValueForm = {
  fits: "typeof x === 'string'",
  write: 'out.string(x);',
  read: 'bytes.string()',
  quick: {
    // Puts a short text before it knows that it is ASCII; if it is not, nothing was put.
    when: `x.length <= ${SHORT_TEXT} && (end = calls.putAscii(x, b, at)) > 0`,
    put: 'at = end;',
    bytes: SHORT_TEXT + 1,
  },
};
const BYTES: ValueForm = {
  fits: 'x instanceof Uint8Array',
  write: 'out.bytes(x);',
  read: 'new Uint8Array(bytes.bytes())',
};
/** For values of any type. */
export const PLAIN: ValueForm = { write: 'calls.writePlain(x, out);', read: 'calls.readPlain(bytes)' };

/** What generated code calls. */
export const CALLS = { writePlain: writePlainValue, readPlain: readPlainValue, putAscii };

/** @returns where it ends, or 0 if the text is not ASCII: then what was put means nothing */
function putAscii(text: string, bytes: Uint8Array, start: number): number {
  const { length } = text;
  let at = start;
  bytes[at++] = length * 2;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return 0;
    bytes[at++] = code;
  }
  return at;
}

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
