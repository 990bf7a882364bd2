/**
 * Writes what lies in no other value as an Avro type has it.
 *
 * | type                      | takes                                                             |
 * |---------------------------|-------------------------------------------------------------------|
 * | int, long                 | whole numbers of 32 and of 64 bits, bigints too                   |
 * | float, double             | numbers                                                           |
 * | timestamp-millis and such | whole numbers as they are; times as they stand in JSON are counted |
 * | decimal                   | numbers of its digits, rounded to its scale                       |
 * | bytes, fixed              | bytes                                                             |
 * | enum                      | the text of one of its symbols                                    |
 */
import type { Type, types } from 'avsc';
import { signed } from '../number-range.js';
import { timestampOf } from '../timestamp-text.js';
import { unfit } from '../unfit.js';
import { scaled } from './avro-decimal.js';
import { TIMESTAMPS_PER_MS, type DecimalType } from './avro-logical-types.js';
import type { AvroOutput } from './avro-output.js';

export interface Writer {
  /** What it takes, with its article. */
  readonly wanted: string;
  /** Whether it is of the kind that is wanted: what lies within it is looked at when it is put. */
  takes(value: unknown): boolean;
  /** Of what it takes: whether it is rather this than another branch of a union. Absent: it is. */
  isMeant?(value: never): boolean;
  /** Of a value that it takes. */
  put(output: AvroOutput, value: never): void;
}

const isInt = signed(32);
const isLong = signed(64);
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';
const isBytes = (value: unknown): boolean => value instanceof Uint8Array;

const SCALARS: Readonly<Record<string, Writer>> = {
  null: { wanted: 'null', takes: (value) => value === null || value === undefined, put: () => undefined },
  boolean: {
    wanted: 'a boolean',
    takes: (value) => typeof value === 'boolean',
    put: (output, value) => output.boolean(value),
  },
  int: { wanted: 'an int of 32 bits', takes: isInt, put: (output, value) => output.long(value) },
  long: { wanted: 'a long of 64 bits', takes: isLong, put: (output, value) => output.long(value) },
  float: { wanted: 'a float', takes: isNumber, put: (output, value) => output.float(Number(value)) },
  double: { wanted: 'a double', takes: isNumber, put: (output, value) => output.double(Number(value)) },
  bytes: { wanted: 'bytes', takes: isBytes, put: (output, value) => output.lengthAndBytes(value) },
  string: {
    wanted: 'a string',
    takes: (value) => typeof value === 'string',
    put: (output, value) => output.string(value),
  },
};

export function scalarWriter(type: Type): Writer {
  switch (type.typeName) {
    case 'fixed':
      return fixedWriter((type as types.FixedType).size);
    case 'enum':
      return enumWriter((type as types.EnumType).symbols);
    case 'logical:decimal':
      return decimalWriter(type as unknown as DecimalType);
    default:
      return SCALARS[type.typeName] ?? timestampWriter(type);
  }
}

/** Throws an Unfit (unfit.ts) where the value is not of the kind that is wanted. */
export function put(writer: Writer, output: AvroOutput, value: unknown): void {
  if (!writer.takes(value)) unfit(value, writer.wanted);
  writer.put(output, value as never);
}

function fixedWriter(size: number): Writer {
  return {
    wanted: `${size} bytes`,
    takes: (value) => value instanceof Uint8Array && value.length === size,
    put: (output, value) => output.fixed(value),
  };
}

function enumWriter(symbols: readonly string[]): Writer {
  return {
    wanted: `one of ${symbols.join(', ')}`,
    takes: (value) => symbols.includes(value as string),
    put: (output, value) => output.long(symbols.indexOf(value)),
  };
}

function decimalWriter({ form }: DecimalType): Writer {
  const { precision, size } = form;
  const bytesOf = (value: unknown): Buffer | undefined =>
    isNumber(value) ? scaled(value as number | bigint, form) : undefined;
  return {
    wanted: `a decimal of ${precision} digits${size === undefined ? '' : ` in ${size} bytes`}`,
    takes: (value) => bytesOf(value) !== undefined,
    put: (output, value) =>
      size === undefined ? output.lengthAndBytes(bytesOf(value)!) : output.fixed(bytesOf(value)!),
  };
}

function timestampWriter({ typeName }: Type): Writer {
  const perMs = TIMESTAMPS_PER_MS[typeName];
  if (perMs === undefined) throw new Error(`it has a type ${typeName}, which is not known here`);
  const countOf = (value: unknown): number | bigint | undefined => {
    const time = timestampOf(value);
    return time === undefined ? undefined : BigInt(time) * perMs;
  };
  return {
    wanted: 'a time, or a long of 64 bits',
    takes: (value) => isLong(countOf(value) ?? value),
    put: (output, value) => output.long(countOf(value) ?? value),
  };
}
