/** Values that are not what the type of their column says (null, a bigint, a text for a number): they stand behind the columns. */
import { setOwn } from '../../common/own-property.js';
import { CorruptBytesError, type ByteReader } from '../codec/byte-reader.js';
import type { ByteWriter } from '../codec/byte-writer.js';
import { readPlainValue } from '../codec/plain-value-reader.js';
import { writePlainValue } from '../codec/plain-value-writer.js';

interface OddValue {
  readonly record: number;
  readonly field: number;
  readonly value: unknown;
}

export class OddValues {
  #values: OddValue[] = [];

  /** @param record its place in its group */
  add(record: number, field: number, value: unknown): void {
    this.#values.push({ record, field, value });
  }

  /** Writes all that were added, and forgets them. */
  writeTo(out: ByteWriter): void {
    out.varint(this.#values.length);
    if (this.#values.length === 0) return;
    for (const { record, field, value } of this.#values) {
      out.varint(record);
      out.varint(field);
      writePlainValue(value, out);
    }
    this.#values = [];
  }

  /** Nothing was added: what was is of a frame that could not be written. */
  reset(): void {
    if (this.#values.length > 0) this.#values = [];
  }
}

/** Puts odd values where they belong. @param names of the fields */
export function readOddValues(
  bytes: ByteReader,
  records: readonly Record<string, unknown>[],
  names: readonly string[],
): void {
  for (let left = bytes.count(); left > 0; left--) {
    const record = records[bytes.varint()];
    const name = names[bytes.varint()];
    if (record === undefined || name === undefined) throw new CorruptBytesError('there is no such field');
    setOwn(record, name, readPlainValue(bytes));
  }
}
