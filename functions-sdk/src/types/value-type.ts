/**
 * A type of messages and of state: a name that all languages know it by, `namespace/name`, and its form in bytes.
 *
 * Invariants
 * - `decode(encode(value))` equals `value`, but that JSON knows no -0 and no members that are undefined. Both throw a ValueError
 *   for what is not of the type.
 * - A value that is absent is never encoded; the empty value of a type may well be no bytes at all.
 */
import type { TypedValue } from '../wire/messages.js';

export interface ValueType<T, Name extends string = string> {
  readonly typename: Name;
  /** Whether a value can be changed in place, so that state of this type is compared when an invocation has ended. */
  readonly mutable: boolean;
  /** Types of one form have the same bytes for the same values, whatever their names. Absent: no other has this type's. */
  readonly form?: unknown;
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** A value that is not of the type it should be; the message says what was found. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

export function toTypedValue<T>(type: ValueType<T>, value: T): TypedValue {
  return { typename: type.typename, hasValue: true, bytes: type.encode(value) };
}

/** What types of the same bytes have in common. */
export function formOf(type: ValueType<unknown>): unknown {
  return type.form ?? type;
}

/** The ValueError for a value that is not what `type` wants; `wanted` completes "... wants ...". */
export function notOfType(typename: string, wanted: string, value: unknown): ValueError {
  return new ValueError(`${typename} wants ${wanted}, and got ${shown(value)}`);
}

/** A value as an error message shows it: its kind, and its beginning where that says more. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') {
    const name = (value.constructor as { name?: unknown } | undefined)?.name;
    return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
  }
  return `a ${typeof value}`;
}
