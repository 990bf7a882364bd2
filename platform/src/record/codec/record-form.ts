/**
 * Writes and reads records of one schema. A record says its shape first: the schema's own (all its fields, in its order),
 * one that was spelled out before in the same piece of bytes, or one that is spelled out now.
 *
 * Invariants
 * - Field values, their order and what is absent come back exactly, whatever the schema says.
 * - Shapes are learnt from what comes, within bounds: of a stream whose records all look different each is written as a
 *   plain value.
 */
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';
import { RecordShape } from './record-shape.js';
import { RecordList } from './record-list.js';
import type { FieldValues } from './shape.js';
import { isPlainObject, ShapeTable } from './shape-table.js';
import { nestedForm, PLAIN, scalarForm, type NestedForm, type ValueForm } from './value-form.js';
import type { RecordSchema, ValueSchema } from './value-schema.js';

/** The first number of a record; a shape spelled out before is `refer` and its index. */
const SHAPE = { own: 0, plain: 1, define: 2, refer: 3 } as const;

export class RecordForm implements NestedForm<FieldValues> {
  readonly #shapes: ShapeTable<RecordShape, ValueForm>;
  readonly #own: RecordShape;

  constructor(schema: RecordSchema) {
    this.#shapes = new ShapeTable(schema, formOf, PLAIN, RecordShape);
    this.#own = this.#shapes.own;
  }

  /** Whether `write` takes it. */
  fits(value: unknown): boolean {
    return isPlainObject(value);
  }

  write(value: FieldValues, out: ByteWriter, dictionary: WriteDictionary): void {
    const shape = this.#shapes.of(value);
    if (shape === undefined) {
      out.uint8(SHAPE.plain);
      return writePlainValue(value, out);
    }
    if (shape === this.#own) out.uint8(SHAPE.own);
    else this.#name(shape, out, dictionary);
    shape.write(value, out, dictionary);
  }

  #name(shape: RecordShape, out: ByteWriter, dictionary: WriteDictionary): void {
    const index = dictionary.shape(shape);
    if (index !== undefined) return out.varint(SHAPE.refer + index);
    out.uint8(SHAPE.define);
    this.#shapes.writeNames(shape.names, out);
  }

  read(bytes: ByteReader, dictionary: ReadDictionary): Record<string, unknown> {
    const kind = bytes.varint();
    switch (kind) {
      case SHAPE.own:
        return this.#own.read(bytes, dictionary);
      case SHAPE.plain:
        return readObject(bytes);
      case SHAPE.define: {
        const shape = this.#shapes.shapeOf(this.#shapes.readNames(bytes));
        dictionary.shapes.push(shape);
        return shape.read(bytes, dictionary);
      }
      default:
        return dictionary.shape(kind - SHAPE.refer).read(bytes, dictionary);
    }
  }
}

export function formOf(schema: ValueSchema): ValueForm {
  if (schema.kind === 'record') return nestedForm(new RecordForm(schema));
  if (schema.kind === 'list' && schema.element.kind === 'record')
    return nestedForm(new RecordList(new RecordForm(schema.element)));
  return scalarForm(schema);
}

/** What was written as a plain value in place of a record. */
export function readObject(bytes: ByteReader): Record<string, unknown> {
  const value = readPlainValue(bytes);
  if (typeof value !== 'object' || value === null) throw new CorruptBytesError('a record is no object');
  return value as Record<string, unknown>;
}
