/**
 * The types of values: of a schema's fields, of an expression and of a record. Plain data (JSON), because typed trees
 * and schemas travel in the plan.
 *
 * Representation of a value at run time (after an ingress's schema was applied):
 *   int        a number within ±(2^53 - 1), a bigint beyond; one form per value
 *   double     a number
 *   timestamp  integer milliseconds since 1970-01-01T00:00:00Z, a number
 *   duration   integer milliseconds, a number
 *   bytes      Uint8Array      list  array      map, record  plain object with own properties
 *   null       null            absent  undefined, or no own property
 */
export type ValueType =
  | {
      readonly kind:
        'dyn' | 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration';
    }
  | { readonly kind: 'type' }
  | { readonly kind: 'list'; readonly element: ValueType }
  | { readonly kind: 'map'; readonly key: ValueType; readonly value: ValueType }
  | RecordType;

/** Named fields: an ingress's schema, a table's row, a rule's alert. */
export interface RecordType {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, FieldType>>;
  /** Whether fields that are not named may exist and are `dyn` (an ingress without a schema: no fields, open). */
  readonly open: boolean;
}

export interface FieldType {
  readonly type: ValueType;
  readonly optional?: boolean;
  /** Masked in logs and messages. */
  readonly pii?: boolean;
}

export const UNTYPED: RecordType = { kind: 'record', fields: {}, open: true };
