/** What the two ends of all channels of a slot share: the columns of the sources' records, and how their rows are written. */
import { OriginCodec } from '../../record/codec/origin-codec.js';
import { StreamRecordCodec, type SourceSchemas } from '../../record/codec/stream-record-codec.js';
import { UNTYPED_SCHEMA } from '../../record/codec/value-schema.js';
import { RecordColumns } from '../../record/columns/record-columns.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { ColumnShape } from '../../record/columns/column-shape.js';

export class SourceForms {
  readonly origins = new OriginCodec();
  /** Of the events that alerts hold. */
  readonly rows: StreamRecordCodec;
  readonly #columns: ReadonlyMap<string, RecordColumns>;
  readonly #untyped = new RecordColumns(UNTYPED_SCHEMA);
  /** Of the record before: mostly the next one's too. */
  #lastSource: string | undefined;
  #last = this.#untyped;

  constructor(schemas: SourceSchemas) {
    this.rows = new StreamRecordCodec(schemas);
    this.#columns = new Map(Object.entries(schemas).map(([source, schema]) => [source, new RecordColumns(schema)]));
  }

  columnsOf(source: string): RecordColumns {
    if (source !== this.#lastSource) {
      this.#last = this.#columns.get(source) ?? this.#untyped;
      this.#lastSource = source;
    }
    return this.#last;
  }

  readonly shapeOf = (record: StreamRecord): ColumnShape | undefined => this.columnsOf(record.source).of(record.value);
}
