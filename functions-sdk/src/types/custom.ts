/** A type whose form in bytes is the author's own. */
import { requireTypename } from './typename.js';
import type { ValueType } from './value-type.js';

export interface CustomType<T, Name extends string> {
  readonly typename: Name;
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
  /** false if no value is ever changed in place: state of this type is then not compared. Default: true. */
  readonly mutable?: boolean;
}

export function custom<T, const Name extends string>(type: CustomType<T, Name>): ValueType<T, Name> {
  requireTypename("a type's name", type.typename);
  return {
    typename: type.typename,
    mutable: type.mutable ?? true,
    form: type.encode,
    encode: (value) => type.encode(value),
    decode: (bytes) => type.decode(bytes),
  };
}
