/** A type of its own in the form of another: the same values in the same bytes, under another name. */
import { requireTypename } from './typename.js';
import { formOf, ValueError, type ValueType } from './value-type.js';

/**
 * Such as what tells that state has expired: `types.named('shop/SeenExpired', types.int)`. Throws a RangeError for a name that is
 * none.
 */
export function named<T, const Name extends string>(typename: Name, type: ValueType<T>): ValueType<T, Name> {
  requireTypename("a type's name", typename);
  return {
    typename,
    mutable: type.mutable,
    form: formOf(type),
    encode: (value) => telling(typename, () => type.encode(value)),
    decode: (bytes) => telling(typename, () => type.decode(bytes)),
  };
}

/** The other type's sentence names that one. */
function telling<R>(typename: string, action: () => R): R {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`this is not a ${typename}: ${error.message}`, { cause: error });
  }
}
