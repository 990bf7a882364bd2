/** An Avro schema, ready to write messages with: what the values of its types are, says `avro-writer.ts`. */
import type { Type } from 'avsc';
import { written } from '../unfit.js';
import { writtenTypes } from './avro-logical-types.js';
import { AvroOutput } from './avro-output.js';
import { assertRecord, parsedType } from './avro-type.js';
import { AvroWriters } from './avro-writer.js';

export class WrittenAvroSchema {
  readonly #writers = new AvroWriters();

  private constructor(private readonly type: Type) {}

  /** @param text JSON @param imported see avro-type.ts @throws Error what is wrong with it */
  static parse(text: string, imported: Iterable<string> = []): WrittenAvroSchema {
    const type = parsedType(text, imported, writtenTypes);
    assertRecord(type);
    return new WrittenAvroSchema(type);
  }

  /** @throws UnwritableRecordError */
  encode(record: unknown): Buffer {
    const output = new AvroOutput();
    written(() => this.#writers.write(this.type, output, record));
    return output.bytes;
  }
}
