/**
 * What a codec knows of the values that it writes: plain data that stands in a snapshot's metadata beside them, and so a
 * part of the savepoint format. The types of expressions (`expression/type.ts`) are of this form.
 */
export type ValueSchema =
  | {
      readonly kind:
        'dyn' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' | 'type';
    }
  | { readonly kind: 'list'; readonly element: ValueSchema }
  | { readonly kind: 'map'; readonly key: ValueSchema; readonly value: ValueSchema }
  | RecordSchema;

export interface RecordSchema {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** Whether there may be more fields, of any type. */
  readonly open: boolean;
}

export interface FieldSchema {
  readonly type: ValueSchema;
  readonly optional?: boolean;
}

export const UNTYPED_SCHEMA: RecordSchema = { kind: 'record', fields: {}, open: true };
