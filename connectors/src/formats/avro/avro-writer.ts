/**
 * Writes plain values as an Avro type has them: compiled once for each schema.
 *
 * | type                      | takes                                                                       |
 * |---------------------------|-----------------------------------------------------------------------------|
 * | int, long                 | whole numbers of 32 and of 64 bits, bigints too                               |
 * | float, double             | numbers                                                                     |
 * | timestamp-millis and such | whole numbers as they are, times as they stand in JSON by what it counts       |
 * | decimal                   | numbers, rounded to its scale                                               |
 * | bytes, fixed              | bytes                                                                       |
 * | enum                      | the text of one of its symbols                                              |
 * | record                    | a map with its fields; absent ones have their defaults, others are left out |
 * | union                     | what the first of its branches takes; null also where there is nothing       |
 *
 * Invariant: the work is linear in the value, whatever the schema: a union's branch is chosen without looking into what the value holds.
 */
import type { Type, types } from 'avsc';
import { isPlainRecord } from '../json-record.js';
import { signed } from '../number-range.js';
import { timestampOf } from '../timestamp-text.js';
import { unfit, within } from '../unfit.js';
import { scaled } from './avro-decimal.js';
import { TIMESTAMPS_PER_MS, type DecimalType } from './avro-logical-types.js';
import type { AvroOutput } from './avro-output.js';
import { isUnion } from './avro-reader.js';
import { defaultOf } from './avro-values.js';

interface Writer {
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

export class AvroWriters {
  readonly #made = new Map<Type, Writer>();

  /** Throws an Unfit (unfit.ts) where it does not fit. */
  write(type: Type, output: AvroOutput, value: unknown): void {
    put(this.#of(type), output, value);
  }

  #of(type: Type): Writer {
    let made = this.#made.get(type);
    if (made === undefined) this.#made.set(type, (made = this.#make(type)));
    return made;
  }

  /** Types may refer to themselves: those of what lies within are made when something is written. */
  #make(type: Type): Writer {
    if (isUnion(type)) return this.#union(type.types);
    switch (type.typeName) {
      case 'fixed':
        return fixedWriter((type as types.FixedType).size);
      case 'enum':
        return enumWriter((type as types.EnumType).symbols);
      case 'array':
        return this.#list((type as types.ArrayType).itemsType);
      case 'map':
        return this.#map((type as types.MapType).valuesType);
      case 'record':
        return this.#record(type as types.RecordType);
      case 'logical:decimal':
        return decimalWriter(type as unknown as DecimalType);
      default:
        return SCALARS[type.typeName] ?? timestampWriter(type);
    }
  }

  #list(items: Type): Writer {
    return {
      wanted: 'a list',
      takes: (value) => Array.isArray(value),
      put: (output, list: readonly unknown[]) => {
        const item = this.#of(items);
        if (list.length > 0) output.long(list.length);
        for (const [index, each] of list.entries()) within(index, () => put(item, output, each));
        output.long(0);
      },
    };
  }

  #map(values: Type): Writer {
    return {
      wanted: 'a map',
      takes: isMap,
      put: (output, map: Readonly<Record<string, unknown>>) => {
        const value = this.#of(values);
        const entries = Object.entries(map);
        if (entries.length > 0) output.long(entries.length);
        for (const [key, each] of entries) {
          output.string(key);
          within(key, () => put(value, output, each));
        }
        output.long(0);
      },
    };
  }

  #record({ name, fields }: types.RecordType): Writer {
    const declared = fields.map((field) => {
      const fallback: unknown = field.defaultValue();
      return {
        name: field.name,
        type: field.type,
        fallback: fallback === undefined ? undefined : defaultOf(field.type, fallback),
      };
    });
    const mandatory = declared.filter(({ type, fallback }) => fallback === undefined && !takesNull(type));
    return {
      wanted: `a record ${name}`,
      takes: isMap,
      isMeant: (record: object) => mandatory.every((field) => Object.hasOwn(record, field.name)),
      put: (output, record: Readonly<Record<string, unknown>>) => {
        for (const { name: field, type, fallback } of declared) {
          const value = Object.hasOwn(record, field) ? record[field] : undefined;
          within(field, () => put(this.#of(type), output, value === undefined ? fallback : value));
        }
      },
    };
  }

  #union(branches: readonly Type[]): Writer {
    const nullAt = branches.findIndex(({ typeName }) => typeName === 'null');
    const others = branches.map((type, index) => ({ type, index })).filter(({ index }) => index !== nullAt);
    const [only] = others.length === 1 ? others : [];
    const choice = (value: unknown): (typeof others)[number] | undefined =>
      // Of a single one it is said what is wrong with it.
      only ?? others.find(({ type }) => isFor(this.#of(type), value));
    const isNull = (value: unknown): boolean => nullAt >= 0 && (value === null || value === undefined);
    return {
      wanted: `one of ${branches.map(({ branchName, typeName }) => branchName ?? typeName).join(', ')}`,
      takes: (value) => isNull(value) || choice(value) !== undefined,
      put: (output, value) => {
        if (isNull(value)) return output.long(nullAt);
        const { type, index } = choice(value)!;
        output.long(index);
        put(this.#of(type), output, value);
      },
    };
  }
}

function put(writer: Writer, output: AvroOutput, value: unknown): void {
  if (!writer.takes(value)) unfit(value, writer.wanted);
  writer.put(output, value as never);
}

function isFor(writer: Writer, value: unknown): boolean {
  return writer.takes(value) && (writer.isMeant === undefined || writer.isMeant(value as never));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainRecord(value) && !(value instanceof Uint8Array);
}

function takesNull(type: Type): boolean {
  return type.typeName === 'null' || (isUnion(type) && type.types.some(takesNull));
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
