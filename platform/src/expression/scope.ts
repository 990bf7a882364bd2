/** What an expression may name: the event's fields, captured stages, tables and metadata. Made by `plan`, read by the checker. */
import { UNTYPED } from './type.js';
import type { FieldType, RecordType, ValueType } from './type.js';

export interface ExpressionScope {
  /** The current event, whose fields are in scope by name. Absent: there is none (the `select` of a pattern rule). */
  readonly event?: RecordType;
  /** Captured events by stage name. Absent: not a pattern rule. */
  readonly stages?: ReadonlyMap<string, StageScope>;
  /** Steps that never take an event (`notNext`, `notFollowedBy`): naming one is a mistake of its own. */
  readonly notStages?: ReadonlySet<string>;
  readonly tables?: ReadonlyMap<string, TableScope>;
  /** The type of `key()`; absent: `key()` is refused. */
  readonly key?: ValueType;
  /** Whether `source()`, `eventTime()` and `header()` of the current event have a meaning here. Default: when there is an `event`. */
  readonly metadata?: boolean;
  /** The input is another rule: `alert.rule` and `alert.severity` are in scope. */
  readonly alert?: boolean;
  /** `strict`: CEL without the deviations of `deviations.ts`. */
  readonly profile?: 'strict';
}

export interface StageScope {
  /** `one`: exactly one event, used like an event. `many`: a list, as soon as it or a group around it has `times` or `optional`. */
  readonly holds: 'one' | 'many';
  readonly event: RecordType;
}

export interface TableScope {
  readonly row: RecordType;
  readonly key: ValueType;
}

/**
 * The record type of events that come from one of several sources: a field that not all of them have is optional, one
 * whose types differ is `dyn`.
 */
export function unionOfRecords(records: readonly RecordType[]): RecordType {
  const [only] = records;
  if (only === undefined) return UNTYPED;
  if (records.length === 1) return only;
  const fields = new Map<string, FieldType>();
  for (const name of new Set(records.flatMap((record) => Object.keys(record.fields)))) {
    const having = records.flatMap((record) =>
      Object.hasOwn(record.fields, name) ? [record.fields[name] as FieldType] : [],
    );
    const [first] = having as [FieldType, ...FieldType[]];
    const same = having.every((field) => JSON.stringify(field.type) === JSON.stringify(first.type));
    const optional = having.length < records.length || having.some((field) => field.optional === true);
    fields.set(name, {
      type: same ? first.type : { kind: 'dyn' },
      ...(optional ? { optional } : {}),
      ...(having.some((field) => field.pii === true) ? { pii: true } : {}),
    });
  }
  return { kind: 'record', fields: Object.fromEntries(fields), open: records.some((record) => record.open) };
}
