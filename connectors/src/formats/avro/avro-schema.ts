/**
 * An Avro schema, ready to read messages with. The library avsc parses schemas and says which go together.
 *
 * Invariants
 * - `long` is exact: a number up to 2^53-1, a bigint beyond.
 * - A union's value is that of its branch; enums are texts, `bytes` and `fixed` are bytes, a `decimal` is a double.
 */
import type { Type, types } from 'avsc';
import { BadRecordError } from '../../api/index.js';
import { onDemand } from '../../loading/on-demand.js';
import { AvroCursor } from './avro-cursor.js';
import { decimalType } from './avro-decimal.js';
import { AvroReaders, isUnion, type Read } from './avro-reader.js';

const avsc = onDemand<typeof import('avsc')>('avsc');

export class AvroSchema {
  private constructor(
    private readonly type: Type,
    private readonly read: Read,
  ) {}

  /**
   * @param text JSON
   * @param imported texts of schemas whose names it uses; those that others use stand before them
   * @param reader by which its messages are read (Avro 1.12, "Schema Resolution"); absent: by itself
   * @throws Error what is wrong with it
   */
  static parse(text: string, imported: Iterable<string> = [], reader?: AvroSchema): AvroSchema {
    const options = { registry: {}, wrapUnions: true, logicalTypes: { decimal: decimalType(avsc()) } };
    for (const each of imported) typeOf(each, options);
    const writer = typeOf(text, options);
    const type = reader?.type ?? writer;
    if (type.typeName !== 'record') throw new Error(`it is a schema of ${type.typeName}, and records are wanted`);
    // Throws where they do not go together.
    if (reader !== undefined) type.createResolver(writer);
    return new AvroSchema(type, new AvroReaders(goTogether).of(writer, type));
  }

  /** @throws BadRecordError */
  decode(body: Buffer): unknown {
    const cursor = new AvroCursor(body);
    const value = this.#decode(cursor);
    if (!cursor.isAtEnd) throw new BadRecordError('there are bytes behind the message');
    return value;
  }

  #decode(cursor: AvroCursor): unknown {
    try {
      return this.read(cursor);
    } catch (error) {
      // Records that lie in each other by the thousand exhaust the stack.
      if (error instanceof RangeError) throw new BadRecordError('the message is nested too deep');
      throw error;
    }
  }
}

function typeOf(text: string, options: object): Type {
  const type = avsc().Type.forSchema(JSON.parse(text) as never, options);
  assertNames(type, new Set());
  return type;
}

function goTogether(writer: Type, reader: Type): boolean {
  if (writer === reader) return true;
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}

/** A field's name becomes one of an object. */
function assertNames(type: Type, seen: Set<Type>): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (isUnion(type)) for (const branch of type.types) assertNames(branch, seen);
  switch (type.typeName) {
    case 'array':
      return assertNames((type as types.ArrayType).itemsType, seen);
    case 'map':
      return assertNames((type as types.MapType).valuesType, seen);
    case 'record':
      for (const field of (type as types.RecordType).fields) {
        if (field.name === '__proto__') throw new Error('a field is named __proto__');
        assertNames(field.type, seen);
      }
  }
}
