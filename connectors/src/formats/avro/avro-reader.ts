/**
 * Reads values of an Avro type, as plain values: compiled once for each schema. The library's own reading is not for bytes of
 * strangers: it takes the counts of lists and maps as they come, however few bytes there are, and then memory runs out.
 *
 * Invariants
 * - A value is read as its writer wrote it, and given as the reader's schema has it (Avro 1.12, "Schema Resolution").
 * - Types were found to go together before.
 */
import type { Type, types } from 'avsc';
import { BadRecordError } from '../../api/index.js';
import { setOwn } from '../own-property.js';
import type { AvroCursor } from './avro-cursor.js';
import { unscaled } from './avro-decimal.js';
import type { DecimalType } from './avro-logical-types.js';
import { defaultOf, plainRecord } from './avro-values.js';

export type Read = (cursor: AvroCursor) => unknown;

/** Whether the reader's type takes what was written as the writer's: by the library. */
export type Matches = (writer: Type, reader: Type) => boolean;

export class AvroReaders {
  readonly #made = new Map<Type, Map<Type, Read>>();

  constructor(private readonly matches: Matches) {}

  of(writer: Type, reader: Type): Read {
    let made = this.#made.get(writer);
    if (made === undefined) this.#made.set(writer, (made = new Map<Type, Read>()));
    const known = made.get(reader);
    if (known !== undefined) return known;
    // Types may refer to themselves: what they refer to is found when it is read.
    let read: Read = () => undefined;
    made.set(reader, (cursor) => read(cursor));
    read = this.#make(writer, reader);
    made.set(reader, read);
    return read;
  }

  #make(writer: Type, reader: Type): Read {
    if (isUnion(writer)) return this.#union(writer, reader);
    if (isUnion(reader)) return this.of(writer, this.#branch(writer, reader)!);
    switch (writer.typeName) {
      case 'null':
        return () => null;
      case 'boolean':
        return (cursor) => cursor.boolean();
      case 'int':
      case 'long':
        return reader.typeName === 'float' || reader.typeName === 'double'
          ? (cursor) => Number(cursor.long())
          : (cursor) => cursor.long();
      case 'float':
        return (cursor) => cursor.float();
      case 'double':
        return (cursor) => cursor.double();
      case 'bytes':
        return reader.typeName === 'string' ? (cursor) => cursor.string() : (cursor) => cursor.lengthAndBytes();
      case 'string':
        return reader.typeName === 'bytes' ? (cursor) => cursor.lengthAndBytes() : (cursor) => cursor.string();
      case 'fixed': {
        const { size } = writer as types.FixedType;
        return (cursor) => cursor.fixed(size);
      }
      case 'enum':
        return enumReader(writer as types.EnumType, reader as types.EnumType);
      case 'array':
        return listReader(this.of((writer as types.ArrayType).itemsType, (reader as types.ArrayType).itemsType));
      case 'map':
        return mapReader(this.of((writer as types.MapType).valuesType, (reader as types.MapType).valuesType));
      case 'record':
        return this.#record(writer as types.RecordType, reader as types.RecordType);
      case 'logical:decimal':
        return this.#decimal(writer as types.LogicalType, reader);
      default:
        throw new Error(`it has a type ${writer.typeName}, which is not known here`);
    }
  }

  #union(writer: Union, reader: Type): Read {
    const branches = writer.types.map((branch) => {
      const target = isUnion(reader) ? this.#branch(branch, reader) : this.matches(branch, reader) ? reader : undefined;
      return target && this.of(branch, target);
    });
    return (cursor) => {
      const read = branches[cursor.index()];
      if (read === undefined) throw new BadRecordError('the message has a value of a type that is not wanted');
      return read(cursor);
    };
  }

  /** The reader's first that takes it; one of the same kind before those that numbers are widened to. */
  #branch(writer: Type, reader: Union): Type | undefined {
    const taking = reader.types.filter((branch) => this.matches(writer, branch));
    return taking.find(({ typeName }) => typeName === writer.typeName) ?? taking[0];
  }

  #record(writer: types.RecordType, reader: types.RecordType): Read {
    const wanted = new Map(
      reader.fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])),
    );
    const written = writer.fields.map(({ name, type }) => {
      const field = wanted.get(name);
      return { name: field?.name, read: this.of(type, field?.type ?? type) };
    });
    const found = new Set(written.map(({ name }) => name));
    const absent = reader.fields.filter(({ name }) => !found.has(name));
    return (cursor) => {
      const record = plainRecord();
      for (const { name, read } of written) {
        const value = read(cursor);
        if (name !== undefined) setOwn(record, name, value);
      }
      for (const field of absent) setOwn(record, field.name, defaultOf(field.type, field.defaultValue()));
      return record;
    };
  }

  #decimal(writer: types.LogicalType, reader: Type): Read {
    const { underlyingType } = writer as unknown as { readonly underlyingType: Type };
    const { scale } = (writer as unknown as DecimalType).form;
    const target = reader.typeName === 'logical:decimal' ? underlyingType : reader;
    const read = this.of(underlyingType, target);
    return reader.typeName === 'logical:decimal' ? (cursor) => unscaled(read(cursor) as Buffer, scale) : read;
  }
}

type Union = Type & { readonly types: readonly Type[] };

export function isUnion(type: Type): type is Union {
  return type.typeName.startsWith('union:');
}

function enumReader({ symbols }: types.EnumType, reader: types.EnumType): Read {
  const fallback = (reader as unknown as { readonly default?: string }).default;
  const given = symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : (fallback ?? symbol)));
  return (cursor) => {
    const symbol = given[cursor.index()];
    if (symbol === undefined) throw new BadRecordError('the message has a value that its enum does not');
    return symbol;
  };
}

function listReader(item: Read): Read {
  return (cursor) => {
    const items: unknown[] = [];
    for (let left = cursor.blockCount(); left > 0; left = cursor.blockCount())
      for (; left > 0; left--) items.push(item(cursor));
    return items;
  };
}

function mapReader(value: Read): Read {
  return (cursor) => {
    const map = plainRecord();
    for (let left = cursor.blockCount(); left > 0; left = cursor.blockCount())
      for (; left > 0; left--) setOwn(map, cursor.string(), value(cursor));
    return map;
  };
}
