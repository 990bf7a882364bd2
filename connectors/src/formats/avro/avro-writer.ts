/**
 * Writes plain values as an Avro type has them: compiled once for each schema.
 *
 * | type        | takes                                                                       |
 * |-------------|-----------------------------------------------------------------------------|
 * | record      | a map with its fields; absent ones have their defaults, others are left out |
 * | array, map  | lists and maps of what their items take                                     |
 * | union       | what the first of its branches takes; null also where there is nothing      |
 * | other types | see `avro-scalar-writer.ts`                                                 |
 *
 * Invariant: the work is linear in the value, whatever the schema: a union's branch is chosen without looking into what the value holds.
 */
import type { Type, types } from 'avsc';
import { isPlainRecord } from '../json-record.js';
import { ANY_KEY, within } from '../unfit.js';
import type { AvroOutput } from './avro-output.js';
import { isUnion } from './avro-reader.js';
import { put, scalarWriter, type Writer } from './avro-scalar-writer.js';
import { defaultOf } from './avro-values.js';

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
      case 'array':
        return this.#list((type as types.ArrayType).itemsType);
      case 'map':
        return this.#map((type as types.MapType).valuesType);
      case 'record':
        return this.#record(type as types.RecordType);
      default:
        return scalarWriter(type);
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
          within(ANY_KEY, () => put(value, output, each));
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

function isFor(writer: Writer, value: unknown): boolean {
  return writer.takes(value) && (writer.isMeant === undefined || writer.isMeant(value as never));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainRecord(value) && !(value instanceof Uint8Array);
}

function takesNull(type: Type): boolean {
  return type.typeName === 'null' || (isUnion(type) && type.types.some(takesNull));
}
