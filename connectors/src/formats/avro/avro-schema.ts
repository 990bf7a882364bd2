/**
 * An Avro schema, ready to read messages with. The library avsc says which go together.
 *
 * Invariants
 * - `long` is exact: a number up to 2^53-1, a bigint beyond.
 * - A union's value is that of its branch; enums are texts, `bytes` and `fixed` are bytes, a `decimal` is a double.
 */
import type { Type } from 'avsc';
import { BadRecordError } from '../../api/index.js';
import { AvroCursor } from './avro-cursor.js';
import { readTypes } from './avro-logical-types.js';
import { AvroReaders, type Read } from './avro-reader.js';
import { assertRecord, parsedType } from './avro-type.js';

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
    const writer = parsedType(text, imported, readTypes);
    const type = reader?.type ?? writer;
    assertRecord(type);
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

function goTogether(writer: Type, reader: Type): boolean {
  if (writer === reader) return true;
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}
