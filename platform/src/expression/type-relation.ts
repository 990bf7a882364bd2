/** How types relate: what fits where, what two values have in common, what can be compared. */
import type { RecordType, ValueType } from './type.js';

export const DYN: ValueType = { kind: 'dyn' };
export const BOOL: ValueType = { kind: 'bool' };
export const INT: ValueType = { kind: 'int' };
export const DOUBLE: ValueType = { kind: 'double' };
export const STRING: ValueType = { kind: 'string' };
export const TIMESTAMP: ValueType = { kind: 'timestamp' };
export const DURATION: ValueType = { kind: 'duration' };
export const NULL: ValueType = { kind: 'null' };

export function isNumeric(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'uint' || type.kind === 'double';
}

/** The type as CEL writes it, for messages. */
export function typeName(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeName(type.element)})`;
    case 'map':
      return `map(${typeName(type.key)}, ${typeName(type.value)})`;
    case 'record':
      return 'an event';
    default:
      return type.kind;
  }
}

/** Whether both are the same type; `dyn` anywhere fits everything. Numbers of all types are one with `mixNumbers`. */
export function fits(left: ValueType, right: ValueType, mixNumbers: boolean): boolean {
  if (left.kind === 'dyn' || right.kind === 'dyn') return true;
  if (mixNumbers && isNumeric(left) && isNumeric(right)) return true;
  if (left.kind === 'list' && right.kind === 'list') return fits(left.element, right.element, mixNumbers);
  if (left.kind === 'map' && right.kind === 'map') {
    return fits(left.key, right.key, mixNumbers) && fits(left.value, right.value, mixNumbers);
  }
  if (left.kind === 'record' && right.kind === 'map') return fits({ kind: 'string' }, right.key, mixNumbers);
  if (left.kind === 'map' && right.kind === 'record') return fits(right, left, mixNumbers);
  return left.kind === right.kind;
}

/** Whether `==` between values of these types can ever be true. Null can be compared with everything: it may stand in any field. */
export function comparable(left: ValueType, right: ValueType, mixNumbers: boolean): boolean {
  return left.kind === 'null' || right.kind === 'null' || fits(left, right, mixNumbers);
}

/** The type of a value that comes from either side. */
export function commonType(left: ValueType, right: ValueType, mixNumbers: boolean): ValueType {
  if (left.kind === 'null') return right.kind === 'null' ? NULL : DYN;
  if (left.kind === 'list' && right.kind === 'list') {
    return { kind: 'list', element: commonType(left.element, right.element, mixNumbers) };
  }
  if (left.kind === 'map' && right.kind === 'map') {
    return {
      kind: 'map',
      key: commonType(left.key, right.key, mixNumbers),
      value: commonType(left.value, right.value, mixNumbers),
    };
  }
  if (left.kind === 'record' && right.kind === 'record')
    return JSON.stringify(left) === JSON.stringify(right) ? left : DYN;
  if (left.kind === right.kind) return left;
  if (mixNumbers && isNumeric(left) && isNumeric(right))
    return left.kind === 'double' || right.kind === 'double' ? DOUBLE : INT;
  return DYN;
}

/** The type of a record's field, `dyn` for one that an open record may have, undefined for one that it cannot have. */
export function fieldType(record: RecordType, name: string): ValueType | undefined {
  if (Object.hasOwn(record.fields, name)) return record.fields[name]?.type;
  return record.open ? DYN : undefined;
}
