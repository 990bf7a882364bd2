/** Lists of records, whose names would otherwise be written in every record of the stream. */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import type { NestedForm } from './value-form.js';

export class RecordList<T> implements NestedForm<readonly T[]> {
  constructor(private readonly form: NestedForm<T>) {}

  fits(value: unknown): boolean {
    return Array.isArray(value) && value.every((element) => this.form.fits(element));
  }

  write(values: readonly T[], out: ByteWriter, dictionary: WriteDictionary): void {
    out.varint(values.length);
    for (const value of values) this.form.write(value, out, dictionary);
  }

  read(bytes: ByteReader, dictionary: ReadDictionary): unknown {
    const values: unknown[] = [];
    for (let left = bytes.count(); left > 0; left--) values.push(this.form.read(bytes, dictionary));
    return values;
  }
}
