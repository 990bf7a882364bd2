/** The columns that records of one source lie in: the schema's own shape, and others that are learnt from what comes. */
import type { ByteReader } from '../codec/byte-reader.js';
import type { ByteWriter } from '../codec/byte-writer.js';
import type { FieldValues } from '../codec/shape.js';
import { ShapeTable } from '../codec/shape-table.js';
import type { RecordSchema } from '../codec/value-schema.js';
import { ANY, columnFormOf, type ColumnForm } from './column-form.js';
import { ColumnShape } from './column-shape.js';

export class RecordColumns {
  readonly #shapes: ShapeTable<ColumnShape, ColumnForm>;

  constructor(schema: RecordSchema) {
    this.#shapes = new ShapeTable(schema, columnFormOf, ANY, ColumnShape);
  }

  /** @returns undefined for what is no plain object, and where enough has been learnt */
  of(value: FieldValues): ColumnShape | undefined {
    return this.#shapes.of(value);
  }

  writeShape(shape: ColumnShape, out: ByteWriter): void {
    const isOwn = shape === this.#shapes.own;
    out.uint8(isOwn ? 1 : 0);
    if (!isOwn) this.#shapes.writeNames(shape.names, out);
  }

  readShape(bytes: ByteReader): ColumnShape {
    return bytes.flag() ? this.#shapes.own : this.#shapes.shapeOf(this.#shapes.readNames(bytes));
  }
}
